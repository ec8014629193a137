import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from 'tap'
import { createEventIds } from '../../lib/trail/event-id.js'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const TIME = Date.UTC(2026, 10, 27, 12)

/** The ids of events said at these times, and a failure for each that is not after the one before. */
function idsOf (times: Iterable<number>): { ids: string[], disordered: number } {
  const nextId = createEventIds()
  const ids = Array.from(times, nextId)
  return { ids, disordered: ids.filter((id, index) => index > 0 && id <= ids[index - 1]!).length }
}

const timeOf = (id: string | undefined): number => parseInt(id!.slice(0, 13).replace('-', ''), 16)

test('ids are UUIDs of version 7, which say the millisecond', async t => {
  const { ids } = idsOf([TIME, TIME + 1, TIME + 5000.7])
  for (const id of ids) t.match(id, UUID_V7)
  t.same(ids.map(timeOf), [TIME, TIME + 1, TIME + 5000])
})

test('they ascend, however many are made in one millisecond', async t => {
  const { ids, disordered } = idsOf(Array.from({ length: 50_000 }, () => TIME))
  t.equal(disordered, 0)
  t.equal(ids.filter(id => UUID_V7.test(id)).length, ids.length)
  t.equal(new Set(ids).size, ids.length)
  t.equal(timeOf(ids.at(-1)), TIME, 'there is room for them')
})

test('a clock that is set back, or stands, breaks no order', async t => {
  const { ids, disordered } = idsOf([TIME, TIME - 3_600_000, TIME - 3_600_000, 0, NaN, -1, TIME, TIME + 1, TIME, TIME + 1.5, TIME + 2])
  t.equal(disordered, 0)
  t.same(ids.map(timeOf).map(time => time - TIME), [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2])
})

test('when a clock that was set back stays back for longer than the counter lasts, ids go on in the next millisecond', async t => {
  const nextId = createEventIds(8)
  let previous = nextId(TIME)
  let disordered = 0
  let made = 1
  for (; timeOf(previous) === TIME && made <= 8 * 4096; made++) {
    const id = nextId(TIME - 1000)
    if (id <= previous) disordered++
    previous = id
  }
  t.equal(disordered, 0)
  t.ok(made > 4 * 4096, `half of the range at least: ${made}`)
  t.equal(timeOf(previous), TIME + 1)
  t.match(previous, UUID_V7)
  t.ok(nextId(TIME) > previous, 'and does not fall behind')
})

test('where counting begins is nobody\'s to guess', async t => {
  const counters = Array.from({ length: 20 }, () => createEventIds()(TIME).slice(14, 23))
  t.ok(new Set(counters).size > 1)
})

test('a time within a millisecond is that millisecond', async t => {
  const { disordered } = idsOf(Array.from({ length: 20_000 }, (_, index) => TIME + (index % 10) / 10))
  t.equal(disordered, 0)
})

test('two processes that say events in the same millisecond give them different ids', async t => {
  const module = new URL('../../dist/trail/event-id.js', import.meta.url)
  const script = `import { createEventIds } from ${JSON.stringify(module.href)}
    const nextId = createEventIds()
    console.log(JSON.stringify(Array.from({ length: 1000 }, () => nextId(${TIME}))))`
  const processes = await Promise.all(Array.from({ length: 3 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
    return JSON.parse(stdout) as string[]
  }))
  t.equal(new Set(processes.flat()).size, 3000)
  t.equal(new Set(processes.flat().map(id => id.slice(-12))).size, 3, 'each has a random part of its own')
})
