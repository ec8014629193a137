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

test('an object that holds itself comes to an end', async (t) => {
  const config: Record<string, unknown> = {}
  config.appender = config
  t.match(entriesOf(readObject(config))[0]?.value(), { scalar: Symbol })
})
