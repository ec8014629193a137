import { test } from 'tap'
import { compileFieldRule, conditionOf } from '../../../lib/trail/fields/field-rule.js'
import { recordWith } from '../../support/records.js'

test('who means an address means what came in its place as well', async (t) => {
  const names = (fields: string[]) => compileFieldRule({ fields }, () => {}).fields.map(({ name }) => name)
  t.same(names(['client.ip', 'user.name']), ['client.ip', 'user.name', 'client.address'])
  t.same(names(['server.ip', 'server.address', 'server.ip']), ['server.ip', 'server.address'])
  t.same(names(['client']), ['client'])
})

test('a rule without a condition is about every record, one with a condition about those that it matches', async (t) => {
  const [mine, theirs] = ['mine', 'theirs'].map(action => recordWith({ event: { action } } as never))
  const matches = conditionOf({ fields: ['user.name'], when: { actions: ['mine'] } })
  t.same([mine, theirs].map(record => matches(record!)), [true, false])
  t.same([mine, theirs].map(record => conditionOf({ fields: ['user.name'] })(record!)), [true, true])
})
