import { test } from 'tap'
import { ABORTED, outcomeAtEnd, outcomeOf } from '../../lib/http/outcome.js'

test('the outcome follows the status; without one, or with half an answer, it is a failure', async t => {
  for (const [statusCode, outcome] of [[200, 'success'], [304, 'success'], [101, 'success'], [404, 'failure'], [500, 'failure']] as const) t.match(outcomeAtEnd({ statusCode }), { outcome, statusCode, isOver: true })
  t.match(outcomeAtEnd({}), { outcome: 'failure', error: ABORTED })
  t.match(outcomeAtEnd({ statusCode: 200, isCut: true }), { outcome: 'failure', statusCode: 200, error: ABORTED })
  t.match(outcomeOf({ statusCode: 204 }), { outcome: 'unknown' })
  t.match(outcomeOf({ statusCode: 401 }), { outcome: 'failure' })
})
