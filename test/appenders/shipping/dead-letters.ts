import { appendFileSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { createDeadLetters } from '../../../lib/appenders/shipping/dead-letters.js'
import { whenSynced } from '../../support/when-synced.js'

const letter = (line: string, reason = 'why', id = 'id') => ({ event: { id, time: 0, line }, reason })
const read = (path: string): unknown[] => readFileSync(path, 'utf8').split('\n').slice(0, -1).map(line => JSON.parse(line))

test('events are kept with the reason and the time, JSON as it stands, anything else as a text', async t => {
  const folder = join(t.testdir(), 'spool')
  const path = join(folder, 'dead-letters.ndjson')
  const letters = createDeadLetters(folder, () => Date.UTC(2026, 0, 1))
  await letters.keep([letter('{"message":"m"}', 'no "such" field'), letter('{"half":'), letter('a text', 'x'.repeat(5000))])
  t.match(read(path), [
    { '@timestamp': '2026-01-01T00:00:00.000Z', reason: 'no "such" field', id: 'id', event: { message: 'm' } },
    { event: '{"half":' },
    { event: 'a text', reason: /^x{1000}$/ }
  ])
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.equal(letters.bytes, statSync(path).size)
})

test('the disk has them before they count as kept', async t => {
  const folder = t.testdir()
  const synced: string[] = []
  await whenSynced(t, () => { synced.push(readFileSync(join(folder, 'dead-letters.ndjson'), 'utf8')) }, () => createDeadLetters(folder, Date.now).keep([letter('{"number":1}'), letter('{"number":2}')]))
  t.match(synced, [/"number":1.*\n.*"number":2.*\n$/])
  t.equal(synced.length, 1)
})

test('half a line that a full disk has left takes no other with it', async t => {
  const folder = t.testdir()
  const path = join(folder, 'dead-letters.ndjson')
  const letters = createDeadLetters(folder, Date.now)
  await letters.keep([letter('{"number":1}')])
  appendFileSync(path, '{"@timestamp":"2026')
  await letters.keep([letter('{"number":2}')])
  const lines = readFileSync(path, 'utf8').split('\n')
  t.match([lines[0], lines[1], lines[2]], [/"number":1/, /^\{"@timestamp":"2026$/, /"number":2/])
})

test('a file that has been moved away no longer counts', async t => {
  const folder = t.testdir()
  const letters = createDeadLetters(folder, Date.now)
  await letters.keep([letter('{}')])
  renameSync(join(folder, 'dead-letters.ndjson'), join(folder, 'seen-to'))
  await letters.look()
  t.equal(letters.bytes, 0)
})

test('what cannot be kept is told', async t => {
  const folder = t.testdir({ 'dead-letters.ndjson': {} })
  await t.rejects(createDeadLetters(folder, Date.now).keep([letter('{}')]), { code: 'EISDIR' })
})
