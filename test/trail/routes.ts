import { test } from 'tap'
import type { AuditRecord } from '../../lib/contracts.js'
import { compileRoutes, type Routes } from '../../lib/trail/routes.js'
import { Tally } from '../../lib/trail/tally.js'

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

test('each route counts the events that it decides about, and what none matches is counted too', async t => {
  for (const [mode, expected] of [['first', [1, 0, 1, 1]], ['all', [1, 1, 1, 1]]] as const) {
    const tally = new Tally()
    const counts = tally.countsFor(routes.length + 1)
    const route = compileRoutes(routes, mode, counts)
    for (const record of [failedLogin, recordOf({ action: 'http_request', type: ['access'] }), recordOf({ action: 'a' })]) {
      tally.begin()
      route(record)
      tally.commit()
    }
    t.same(counts.read(), expected, mode)
  }
})
