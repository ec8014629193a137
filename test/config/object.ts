import { test } from 'tap'
import { isPlainObject, readObject } from '../../lib/config/object.js'
import type { Written, WrittenEntry } from '../../lib/config/setting-tree.js'

function entriesOf (written: Written | undefined): readonly WrittenEntry[] {
  if (written === undefined || !('entries' in written)) throw new Error('expected entries')
  return written.entries
}

function itemsOf (written: Written | undefined): Written[] {
  if (written === undefined || !('items' in written)) throw new Error('expected a list')
  return written.items.map((read) => read())
}

test('objects of plain keys are told from instances of classes', async (t) => {
  for (const value of [{}, { a: 1 }, Object.create(null)]) t.equal(isPlainObject(value), true)
  for (const value of [null, undefined, [], 'a', new Map(), new Date(), new URL('file:///a'), new (class Settings {})(), () => {}]) {
    t.equal(isPlainObject(value), false, String(value))
  }
})

test('an object says its keys, its lists and its values, without what is undefined', async (t) => {
  const entries = entriesOf(readObject({ 'a.b': [1, { c: null }], d: undefined }))
  t.same(entries.map(({ key }) => key), ['a.b'])
  const [first, second] = itemsOf(entries[0]?.value())
  t.match(first, { scalar: 1, place: { text: 'config' } })
  t.match(second, { entries: [{ key: 'c' }] })
})

test('an instance of a class is not taken for an object without keys', async (t) => {
  for (const value of [new Map([['hook', 'preHandler']]), new Date(), new (class Settings { hook = 'preHandler' })()]) {
    t.match(entriesOf(readObject({ http: value }))[0]?.value(), { scalar: Symbol })
  }
})

test('an object that cannot be read is an error of the option', async (t) => {
  const cause = new Error('not now')
  t.throws(() => readObject({ get enabled () { throw cause } }), { code: 'AUDIT_ERR_OPTION', message: /^config: .* getter that throws$/, cause })
})

test('an object that holds itself comes to an end', async (t) => {
  const config: Record<string, unknown> = {}
  config.appender = config
  t.match(entriesOf(readObject(config))[0]?.value(), { scalar: Symbol })
})
