import { test } from 'tap'
import Fastify from 'fastify'
import type { AuditEvent, FailureClass, FailurePolicy } from '../../lib/contracts.js'
import { AUDIT_ERR_WRITE } from '../../lib/errors.js'
import { ALWAYS_GO_ON, bitOf, createOnFailure, FAILURE_CLASSES, failureClassOf, kindsWith } from '../../lib/trail/on-failure.js'
import { EVENT_SAMPLES } from '../support/event-samples.js'

const kindOf = (event: unknown): FailureClass => failureClassOf(event as AuditEvent)
const policiesOf = (policy: FailurePolicy): Record<FailureClass, FailurePolicy> => ({ writes: policy, reads: policy, http: policy, authentication: policy })
const lost = new AUDIT_ERR_WRITE('no space is left')
const failing = (): Promise<never> => Promise.reject(lost)

test('every event that this project says is of the kind that its documentation says', async (t) => {
  const READS = ['saved_object_get', 'saved_object_resolve', 'saved_object_find', 'saved_object_collect_multinamespace_references', 'space_get', 'space_find']
  const AUTHENTICATION = ['user_login', 'user_logout', 'session_cleanup', 'access_agreement_acknowledged']
  t.ok(EVENT_SAMPLES.length > 20)
  for (const { action, sample } of EVENT_SAMPLES) {
    const expected = action === 'http_request' ? 'http' : READS.includes(action) ? 'reads' : AUTHENTICATION.includes(action) ? 'authentication' : 'writes'
    t.equal(failureClassOf(sample), expected, action)
  }
})

test('category and type may be lists or the one value', async (t) => {
  t.equal(kindOf({ event: { action: 'a', category: 'session' } }), 'authentication')
  t.equal(kindOf({ event: { action: 'a', category: ['web', 'iam'], type: 'access' } }), 'authentication')
  t.equal(kindOf({ event: { action: 'a', category: 'database', type: 'access' } }), 'reads')
  t.equal(kindOf({ event: { action: 'a', category: 'database', type: ['access'] } }), 'reads')
  t.equal(kindOf({ event: { action: 'http_request', category: 'iam', type: 'access' } }), 'http')
})

test('what does not only read is a write', async (t) => {
  t.equal(kindOf({ event: { action: 'a', category: 'database', type: ['access', 'change'] } }), 'writes')
  t.equal(kindOf({ event: { action: 'a', type: ['info', 'access'] } }), 'writes')
  t.equal(kindOf({ event: { action: 'a', type: [] } }), 'writes')
  t.equal(kindOf({ event: { action: 'a', type: ['access', 'access'] } }), 'reads')
})

test('a getter that throws does not hide what can be read', async (t) => {
  t.equal(kindOf({ event: { action: 'http_request', get category () { throw new Error('no') } } }), 'http')
  t.equal(kindOf({ event: { action: 'a', category: ['session'], get type () { throw new Error('no') } } }), 'authentication')
  t.equal(kindOf({ event: { action: 'a', category: 'database', get type () { throw new Error('no') } } }), 'writes')
})

test('what is only like a kind is not taken for it', async (t) => {
  for (const event of [
    { action: 'a', category: 'authentication,session' }, { action: 'a', type: 'accessible' }, { action: 'a', type: { access: true } }, { action: ['http_request'] },
    { action: 'a', category: new Set(['session']) }, { action: 'a', type: [['access']] }
  ]) t.equal(kindOf({ event }), 'writes', JSON.stringify(event))
})

test('whatever an application says instead of an event is as careful as a write, and nothing is thrown', async (t) => {
  const { proxy: revoked, revoke } = Proxy.revocable([], {})
  revoke()
  const thrower = new Proxy({}, { get () { throw new Error('no') } })
  const hostile: unknown[] = [
    undefined, null, 'an event', 7, {}, [], { event: undefined }, { event: null }, { event: 'http_request' }, { event: {} }, { event: { category: null, type: null } },
    { get event () { throw new Error('no') } }, { event: { get action () { throw new Error('no') } } }, { event: { action: 'a', category: revoked } }, thrower, { event: thrower },
    { event: { action: Symbol('http_request'), category: 1n } }
  ]
  for (const [index, event] of hostile.entries()) t.equal(kindOf(event), 'writes', `hostile event ${index}`)
})

test('kinds as bits: one for each, and those that have a policy', async (t) => {
  t.equal(new Set(FAILURE_CLASSES.map(bitOf)).size, 4)
  t.equal(kindsWith({ writes: 'block', reads: 'stop', http: 'continue', authentication: 'block' }, 'block'), bitOf('writes') | bitOf('authentication'))
  t.equal(kindsWith(policiesOf('continue'), 'stop'), 0)
})

test('an operation waits for its record where the policy is not to continue', async (t) => {
  const onFailure = createOnFailure({ writes: 'block', reads: 'stop', http: 'continue', authentication: 'continue' }, 10)
  t.same(FAILURE_CLASSES.filter(onFailure.holds), ['writes', 'reads'])
  t.same(FAILURE_CLASSES.filter(ALWAYS_GO_ON.holds), [])
})

test('acknowledged, every operation goes on; not before', async (t) => {
  for (const policy of ['continue', 'block', 'stop'] as const) {
    let acknowledge!: () => void
    const story: string[] = []
    const going = createOnFailure(policiesOf(policy), 10).mayGoOn('writes', new Promise<void>(resolve => { acknowledge = resolve })).then(() => story.push('goes on'))
    await new Promise(resolve => setImmediate(resolve))
    story.push('acknowledged')
    acknowledge()
    await going
    t.same(story, ['acknowledged', 'goes on'], policy)
  }
})

test('not acknowledged, it goes on with continue and is refused with block and stop', async (t) => {
  for (const kind of FAILURE_CLASSES) {
    await t.resolves(createOnFailure(policiesOf('continue'), 10).mayGoOn(kind, failing()))
    await t.resolves(ALWAYS_GO_ON.mayGoOn(kind, failing()))
    t.equal(createOnFailure(policiesOf('continue'), 10).refusal(kind, lost), null)
    for (const policy of ['block', 'stop'] as const) {
      const refusal = createOnFailure({ ...policiesOf('continue'), [kind]: policy }, 10).mayGoOn(kind, failing())
      await t.rejects(refusal, { code: 'AUDIT_ERR_BLOCKED', statusCode: 503, message: new RegExp(`on_failure\\.${kind}`), headers: { 'retry-after': '10' } })
      t.match(createOnFailure({ ...policiesOf('continue'), [kind]: policy }, 10).refusal(kind, lost), { code: 'AUDIT_ERR_BLOCKED', cause: lost, headers: { 'retry-after': '10' } })
      t.equal(await refusal.catch((error: Error) => error.cause), lost, 'the cause says why it could not be recorded')
    }
  }
})

test('Fastify answers a refusal with 503, the code and Retry-After, and tells nothing of the cause', async (t) => {
  const onFailure = createOnFailure(policiesOf('block'), 7)
  const app = Fastify()
  app.get('/', () => onFailure.mayGoOn('reads', failing()))
  const { statusCode, headers, body } = await app.inject('/')
  t.match({ statusCode, headers, body: JSON.parse(body) as unknown }, { statusCode: 503, headers: { 'retry-after': '7' }, body: { code: 'AUDIT_ERR_BLOCKED' } })
  t.notMatch(body, 'no space is left')
  await app.close()
})
