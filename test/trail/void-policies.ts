import { test } from 'tap'
import type { AuditEvent, AuditRecord } from '../../lib/contracts.js'
import { compileFilters, type IgnoreFilter } from '../../lib/trail/filter.js'
import { FAILURE_CLASSES, failureClassOf } from '../../lib/trail/on-failure.js'
import { kindsThatFiltersMayDrop, ownVoidPolicyWarnings, voidPolicyFault, voidPolicyWarnings } from '../../lib/trail/void-policies.js'
import { EVENT_SAMPLES } from '../support/event-samples.js'

test('block beside durability none is refused, with the kinds that it was asked for', async (t) => {
  const all = { writes: 'block', reads: 'block', http: 'block', authentication: 'block' } as const
  const beside = 'beside xpack.security.audit.durability: none, which acknowledges events before they are written, got "block"'
  t.equal(voidPolicyFault(all, 'none'), `expected "continue" or "stop" ${beside}`)
  t.equal(voidPolicyFault({ authentication: 'block', reads: 'stop', writes: 'block' }, 'none'), `expected "continue" or "stop" for writes, authentication ${beside}`)
})

test('what can be kept is not refused', async (t) => {
  for (const durability of [undefined, 'write', 'fsync']) t.equal(voidPolicyFault({ writes: 'block' }, durability), null, `${durability}`)
  t.equal(voidPolicyFault({ writes: 'stop', reads: 'continue' }, 'none'), null)
  t.equal(voidPolicyFault({}, 'none'), null)
})

test('a rule may drop events of the kinds that it can match, and of no others', async (t) => {
  const all = ['writes', 'reads', 'http', 'authentication']
  const rules: [IgnoreFilter, string[]][] = [
    [{ users: ['/^svc-/'] }, all],
    [{ paths: ['/health'] }, all],
    [{ spaces: ['default'] }, all],
    [{ outcomes: ['success'] }, ['writes', 'reads', 'authentication']],
    [{ outcomes: ['unknown'] }, all],
    [{ actions: ['http_request'], paths: ['/health'] }, ['http']],
    [{ actions: ['http_request', 'report'] }, all],
    [{ actions: ['report'] }, ['writes', 'reads', 'authentication']],
    [{ categories: ['web'] }, ['writes', 'reads', 'http']],
    [{ categories: ['database'] }, ['writes', 'reads']],
    [{ categories: ['database'], types: ['access'] }, ['reads']],
    [{ types: ['change', 'deletion'] }, ['writes', 'authentication']],
    [{ categories: ['session'] }, ['authentication']],
    [{ categories: ['iam', 'database'], types: ['access'] }, ['reads', 'authentication']],
    [{ saved_object_types: ['telemetry'] }, ['writes', 'reads', 'authentication']],
    [{ actions: ['http_request'], types: ['access'] }, []]
  ]
  for (const [rule, kinds] of rules) t.same(kindsThatFiltersMayDrop([rule]), kinds, JSON.stringify(rule))
  t.same(kindsThatFiltersMayDrop([]), [])
  t.same(kindsThatFiltersMayDrop([{ categories: ['session'] }, { actions: ['http_request'] }]), ['http', 'authentication'], 'one rule suffices')
})

test('no rule drops an event of a kind that is not named', async (t) => {
  const said: AuditEvent[] = [
    ...EVENT_SAMPLES.map(({ sample }) => sample),
    { message: 'a report', event: { action: 'report', category: 'iam', type: 'access' }, url: { path: '/health' } },
    { message: 'two kinds', event: { action: 'report', category: ['database', 'session'], type: ['access', 'change'], outcome: 'success' } },
    { message: 'bare', event: { action: 'report' }, url: { path: '/health' } }
  ]
  const keys: IgnoreFilter[] = [
    {}, { actions: ['http_request'] }, { actions: ['login', 'saved_object_get', 'saved_object_update', 'report'] }, { categories: ['web'] }, { categories: ['database'] },
    { categories: ['database', 'session', 'iam', 'authentication', 'file', 'process'] }, { types: ['access'] }, { types: ['change', 'creation', 'info'] }, { types: ['access', 'change'] },
    { outcomes: ['unknown'] }, { outcomes: ['success', 'failure'] }, { paths: ['!/^$/'] }, { users: ['!/^$/'] }, { saved_object_types: ['dashboard', 'space'] }
  ]
  let dropped = 0
  for (const one of keys) {
    for (const other of keys) {
      const rule = { ...one, ...other }
      const kinds = kindsThatFiltersMayDrop([rule])
      const isIgnored = compileFilters([rule])
      for (const event of said) {
        if (!isIgnored({ ...event } as AuditRecord)) continue
        dropped++
        if (!kinds.includes(failureClassOf(event))) t.fail(`${JSON.stringify(rule)} drops ${JSON.stringify(event.event)}`)
      }
    }
  }
  t.ok(dropped > 300, `${dropped} events were dropped`)
  t.same(new Set(said.map(failureClassOf)), new Set(FAILURE_CLASSES), 'there are events of every kind')
})

test('operators are told of the kinds that somebody waits for and a filter may drop, and of no others', async (t) => {
  const holds = (kind: string): boolean => kind === 'http' || kind === 'reads'
  const rest = 'may drop some, and nobody waits for those'
  t.same(voidPolicyWarnings({ ignore_filters: [{ actions: ['http_request'] }], include_filters: [] }, holds), [`on_failure.http holds for events that are recorded: a rule of ignore_filters ${rest}`])
  t.same(voidPolicyWarnings({ ignore_filters: [], include_filters: [{ types: ['change'] }] }, holds), ['reads', 'http'].map(kind => `on_failure.${kind} holds for events that are recorded: a rule of include_filters ${rest}`))
  t.same(voidPolicyWarnings({ ignore_filters: [], include_filters: [] }, holds), [])
  t.same(voidPolicyWarnings({ ignore_filters: [{ users: ['ann'] }], include_filters: [] }, () => false), [])
})

test('a filter of one appender is told of for the kinds that have to be recorded there', async (t) => {
  const policies = { writes: 'block', reads: 'continue', http: 'stop', authentication: 'continue' } as const
  t.match(ownVoidPolicyWarnings({ name: 'a', ignore: [{ users: ['ann'] }], policies }), [/^on_failure\.writes of appenders\.a holds/, /^on_failure\.http of appenders\.a holds/])
  t.same(ownVoidPolicyWarnings({ name: 'a', ignore: [{ categories: ['session'] }], policies }), [])
})
