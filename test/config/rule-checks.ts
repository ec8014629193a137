import { test } from 'tap'
import { fieldChecks, ruleChecks } from '../../lib/config/rule-checks.js'
import { EACH } from '../../lib/config/validate.js'

test('users and paths of a rule are looked at one by one, wherever the rule stands', async t => {
  const [users, paths] = ruleChecks('routes', EACH, 'match')
  t.same([users?.path, paths?.path], [['routes', EACH, 'match', 'users', EACH], ['routes', EACH, 'match', 'paths', EACH]])
  t.equal(users?.fault('/^svc-/', undefined), null)
  t.match(users?.fault('/(/', undefined), /expected /)
  t.equal(paths?.fault('/metrics', undefined), null)
  t.match(paths?.fault('/api/', undefined), /expected /)
})

test('the fields of a rule are looked at one by one, and include may name what every record has', async t => {
  const [including, , , excluding] = fieldChecks('appenders', 'a', 'fields')
  t.same([including?.path, excluding?.path], [['appenders', 'a', 'fields', 'include', EACH, 'fields', EACH], ['appenders', 'a', 'fields', 'exclude', EACH, 'fields', EACH]])
  t.equal(including?.fault('event.action', undefined), null)
  t.match(excluding?.fault('event.action', undefined), /every record has event\.action/)
})
