import { test } from 'tap'
import { DisabledScope } from '../../lib/http/disabled.js'
import { createTraceSource } from '../../lib/http/trace.js'

test('nothing is recorded, the trace is known, and a repository stays as it came unless it is guarded', async t => {
  const wrapped: unknown[] = []
  const wrap = <T extends object>(repository: T, options: unknown, logger: () => unknown): T => {
    wrapped.push([options, logger()])
    return { ...repository }
  }
  const scope = new DisabledScope(createTraceSource({ allowFromAnyIp: true, ipAllowlist: [] }, false), wrap, { raw: { headers: { 'x-opaque-id': 'opaque' } } as never })
  await scope.log()
  await scope.logAll()
  for (const say of ['userLogin', 'userLogout', 'sessionCleanup', 'accessAgreementAcknowledged'] as const) await scope[say]()
  t.equal(scope.traceId, 'opaque')
  t.same(scope.traceHeaders(), { 'x-opaque-id': 'opaque' })
  const repository = {}
  t.equal(scope.repository(repository), repository)
  t.equal(scope.repository(repository, { operations: {} }), repository)
  const options = { authorize () {} }
  t.not(scope.repository(repository, options), repository)
  t.same(wrapped, [[options, scope]])
})
