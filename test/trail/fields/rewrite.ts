import { test } from 'tap'
import type { AuditRecord } from '../../../lib/contracts.js'
import { createJsonLayout } from '../../../lib/layouts/json.js'
import { pathFault } from '../../../lib/trail/fields/path.js'
import { compileRewrite } from '../../../lib/trail/fields/rewrite.js'
import { recordWith } from '../../support/records.js'

const remove = (...paths: string[]) => compileRewrite({ type: 'meta', mode: 'remove', properties: paths.map(path => ({ path })) })
const update = (path: string, value: string | number | boolean | null) => compileRewrite({ type: 'meta', mode: 'update', properties: [{ path, value }] })
const written = (rewritten: AuditRecord) => JSON.parse(createJsonLayout()(rewritten, {}))

test('remove takes a property out and leaves the record of others as it was', async (t) => {
  const before = recordWith({ further: 1 })
  const after = written(remove('user.name', 'client')(before))
  t.same(after.user, { id: '1' })
  t.notOk('client' in after)
  t.equal(after.further, 1, 'and nothing else goes with it')
  t.same(before, recordWith({ further: 1 }))
  const withValue = compileRewrite({ type: 'meta', mode: 'remove', properties: [{ path: 'user.name', value: 'x' }] })
  t.same(written(withValue(before)).user, { id: '1' }, 'whatever value is given beside it')
})

test('update changes what exists, and adds nothing', async (t) => {
  t.equal(written(update('user.name', 'x')(recordWith())).user.name, 'x')
  for (const path of ['user.email', 'labels.a', 'user.name.first', 'toString', 'constructor.prototype.x']) {
    const before = recordWith()
    t.equal(update(path, 'x')(before), before, path)
  }
})

test('a field under a dotted name and fields in a list are found too', async (t) => {
  const after = written(remove('a.b', 'list.x')(recordWith({ 'a.b': 1, a: { b: 2, c: 3 }, list: [{ x: 1, y: 2 }, 7] })))
  t.notOk('a.b' in after)
  t.same(after.a, { c: 3 })
  t.same(after.list, [{ y: 2 }, 7])
})

test('a path that would reach a prototype, or what every record needs, is refused', async (t) => {
  for (const path of ['__proto__', 'user.__proto__.x', '', 'a..b', '.a', '@timestamp', 'event', 'event.id', 'event.action', 'event.action.x', 'ecs', 'ecs.version', 'message', 'log.level', 'process']) {
    t.throws(() => remove(path), { code: 'AUDIT_ERR_OPTION' }, path)
  }
  for (const path of ['event.reason', 'ecsx', 'event.actions', 'constructor']) t.equal(pathFault(path), null, path)
  t.throws(() => compileRewrite({ type: 'meta', mode: 'update', properties: [{ path: 'a' }] }), /expected a value/)
})

test('a name like that of a property of every object is only a name', async (t) => {
  const hostile = recordWith({ labels: JSON.parse('{"__proto__":{"polluted":1},"constructor":"c","a":1}') })
  const after = remove('labels.constructor', 'labels.a')(hostile)
  t.notOk('polluted' in {})
  t.equal(Object.getPrototypeOf(after.labels), Object.prototype)
  t.same(Object.entries(after.labels ?? {}).filter(([, value]) => value !== undefined).map(([key]) => key), ['__proto__'])
})
