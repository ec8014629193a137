import { test } from 'tap'
import type { AuditRecord } from '../../lib/contracts.js'
import { userLoginEvent } from '../../lib/events/authentication.js'
import { Tally } from '../../lib/trail/tally.js'
import { compileWishes, type Wishes } from '../../lib/trail/wanted.js'
import { auditedApp } from '../support/audited-app.js'

const drops = (wishes: Partial<Wishes>) => compileWishes({ ignore: [], include: [], allowed: [], ...wishes })
const record = (event: object, more: object = {}) => ({ message: 'm', event: { action: 'a', ...event }, ...more }) as unknown as AuditRecord
const login = record({ action: 'user_login', category: ['authentication'], outcome: 'failure' })
const refusal = record({ action: 'saved_object_get', category: ['database'], outcome: 'failure' }, { error: { code: 'Error', message: 'no' } })
const request = record({ action: 'http_request', category: ['web'], outcome: 'failure' }, { error: { code: 'AUDIT_ERR_ABORTED' } })
const failures = { outcomes: ['failure'] } as const

test('without filters nothing is dropped', async (t) => {
  for (const event of [login, refusal, request]) t.notOk(drops({})(event))
})

test('with include_filters only what one of them matches is recorded, and ignore_filters still drop', async (t) => {
  const isDropped = drops({ include: [{ actions: ['b'] }, { actions: ['c'] }], ignore: [{ outcomes: ['success'] }] })
  t.notOk(isDropped(record({ action: 'b' })))
  t.notOk(isDropped(record({ action: 'c' })))
  t.ok(isDropped(record({ action: 'd' })))
  t.ok(isDropped(record({ action: 'b', outcome: 'success' })))
})

test('no filter silences a failed authentication or authorization', async (t) => {
  for (const isDropped of [drops({ ignore: [failures] }), drops({ include: [{ actions: ['b'] }] })]) {
    t.notOk(isDropped(login))
    t.notOk(isDropped(record({ category: 'authentication', outcome: 'failure' })), 'a category that is no list')
    t.notOk(isDropped(refusal))
    t.notOk(isDropped(record({ category: ['iam'], outcome: 'failure' })))
    t.ok(isDropped(request), 'a request that was given up is neither')
  }
})

test('a setting that says so by name lets them go, each for itself', async (t) => {
  const logins = drops({ ignore: [failures], allowed: ['authentication'] })
  t.same([logins(login), logins(refusal)], [true, false])
  t.ok(logins(record({ action: 'user_login', category: ['authentication'], outcome: 'failure' }, { error: { code: 'Error', message: 'no' } })), 'with an error it is no refusal either')
  const refusals = drops({ ignore: [failures], allowed: ['authorization'] })
  t.same([refusals(login), refusals(refusal)], [false, true])
})

test('a record that cannot be read is kept', async (t) => {
  const hostile = { message: 'm', event: { action: 'a', get outcome () { throw new Error('no') } } } as unknown as AuditRecord
  t.notOk(drops({ include: [{ actions: ['b'] }] })(hostile))
})

test('in an application: what is not included is not recorded, a failed login and a refusal are', async (t) => {
  const { app, events } = await auditedApp(t, { section: { include_filters: [{ actions: ['wanted'] }], ignore_filters: [{ outcomes: ['failure'] }] } })
  const { withoutRequest } = app.audit
  withoutRequest.log({ message: 'm', event: { action: 'wanted' } })
  withoutRequest.log({ message: 'm', event: { action: 'unwanted' } })
  withoutRequest.log(userLoginEvent({ provider: { type: 'basic', name: 'b' }, outcome: 'failure' }))
  const refused = Object.assign(new Error('no'), { statusCode: 403 })
  const repository = app.audit.withoutRequest.repository({ get: async () => { throw refused } })
  await t.rejects(repository.get(), refused)
  t.same((await events()).map(({ event }) => event.action), ['wanted', 'user_login', 'saved_object_get'])
  t.equal(app.audit.status().ignored, 1)
})

test('when the log was kept is dropped by a rule that names the action, and by no other', async (t) => {
  const started = record({ action: 'audit_started', category: ['process'], type: ['start'], outcome: 'success' })
  const stopped = record({ action: 'audit_stopped', category: ['process'], type: ['end'], outcome: 'success' })
  for (const isDropped of [drops({ ignore: [{ outcomes: ['success'] }, { categories: ['process'], types: ['start', 'end'] }] }), drops({ include: [{ actions: ['b'] }] })]) {
    t.same([started, stopped].map(isDropped), [false, false])
    t.ok(isDropped(record({ action: 'mine', category: ['process'], type: ['end'], outcome: 'success' })))
  }
  t.same([started, stopped].map(drops({ ignore: [{ actions: ['audit_started'], outcomes: ['success'] }] })), [true, false])
  t.same([started, stopped].map(drops({ ignore: [{ actions: ['audit_started'], outcomes: ['failure'] }, { outcomes: ['success'] }] })), [false, false], 'a rule that names it has to match as a whole')
})

test('each rule counts what it dropped: the first of ignore_filters that matches, else include_filters', async (t) => {
  const tally = new Tally()
  const counts = tally.countsFor(3)
  const isDropped = compileWishes({ ignore: [{ outcomes: ['failure'] }, { actions: ['a', 'audit_started'] }], include: [{ actions: ['b'] }], allowed: [] }, counts)
  const said = [record({}), record({ outcome: 'failure' }), record({ action: 'b' }), record({ action: 'c' }), record({ action: 'c' }), login, refusal, record({ action: 'audit_started' }), record({ action: 'audit_stopped' })]
  const dropped = said.map(one => {
    tally.begin()
    const result = isDropped(one)
    tally.commit()
    return result
  })
  t.same(dropped, [true, true, false, true, true, false, false, true, false])
  t.same(counts.read(), [1, 2, 2])
})
