import { test } from 'tap'
import type { AuditRecord } from '../../lib/contracts.js'
import { compileRoutes, type Routes } from '../../lib/trail/routes.js'

const recordOf = (event: object): AuditRecord => ({ message: 'm', event }) as unknown as AuditRecord

const routes: Routes = [
  { match: { categories: ['authentication'] }, appenders: ['security'] },
  { match: { outcomes: ['failure'] }, appenders: ['failures', 'security'] },
  { match: { actions: ['http_request'], types: ['access'] }, appenders: ['web'] }
]
const failedLogin = recordOf({ action: 'user_login', category: ['authentication'], outcome: 'failure' })

test('the first route that matches', async t => {
  const route = compileRoutes(routes, 'first')
  t.same(route(failedLogin), ['security'])
  t.same(route(recordOf({ action: 'http_request', category: ['web'], type: ['access'], outcome: 'unknown' })), ['web'])
})

test('all that match, each appender once', async t => {
  t.same(compileRoutes(routes, 'all')(failedLogin), ['security', 'failures'])
})

test('what no route matches is said, not decided here', async t => {
  const other = recordOf({ action: 'a', category: ['database'] })
  t.equal(compileRoutes(routes, 'first')(other), null)
  t.equal(compileRoutes(routes, 'all')(other), null)
  t.equal(compileRoutes([], 'first')(other), null)
})
