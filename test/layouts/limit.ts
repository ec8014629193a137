import { readFileSync } from 'node:fs'
import { test } from 'tap'
import type { AuditRecord, Layout } from '../../lib/contracts.js'
import { createJsonLayout } from '../../lib/layouts/json.js'
import { eventBytesFault, withLimit } from '../../lib/layouts/limit.js'
import { createPatternLayout } from '../../lib/layouts/pattern.js'
import { hashValue } from '../../lib/trail/fields/hash.js'
import { auditedApp } from '../support/audited-app.js'
import { recordWith } from '../support/records.js'

const LIMIT = 8192
const record = (more: object = {}): AuditRecord => recordWith({
  event: { id: '019e0a1c-2d00-7000-8000-0123456789ab', action: 'a', category: ['web'], outcome: 'failure' },
  kibana: { space_id: 'default', saved_object: { type: 'report', id: '7' } },
  client: { ip: '192.0.2.7' },
  trace: { id: 't'.repeat(32) },
  ...more
})
const json = withLimit(createJsonLayout(), LIMIT)
const written = (more: object) => {
  const line = json(record(more), {})
  return { bytes: Buffer.byteLength(line), parsed: JSON.parse(line) }
}

test('an event that fits is laid out once, and its bytes are counted only when it comes near', async t => {
  const seen: unknown[] = []
  const facts = {}
  const spy: Layout = (record, facts) => { seen.push(record, facts); return record.message }
  const limited = withLimit(spy, LIMIT)
  const { byteLength } = Buffer
  let counted = 0
  Buffer.byteLength = text => { counted++; return byteLength(text) }
  try {
    const fitting = record({ message: 'x'.repeat(LIMIT / 3) })
    t.equal(limited(fitting, facts), fitting.message)
    t.equal(counted, 0)
    limited(record({ message: 'x'.repeat(LIMIT) }), facts)
    t.equal(counted, 1)
  } finally {
    Buffer.byteLength = byteLength
  }
  t.equal(seen[1], facts)
  t.equal(seen.length, 4, 'once each')
})

test('the longest texts are cut to fit, and the mark says which and how many bytes they had', async t => {
  const { bytes, parsed } = written({ message: 'é'.repeat(9000), list: ['x'.repeat(5000), 'short'], error: { message: 'whole' } })
  t.ok(bytes <= LIMIT && bytes > LIMIT - 2048, `${bytes} bytes: no more is cut than the mark may take`)
  t.equal(parsed.labels.audit_truncated, 'message (18000 bytes), list[0] (5000 bytes)')
  t.match(parsed, { error: { message: 'whole' }, list: [/^x+$/, 'short'], user: { id: '1', name: 'ann' }, kibana: { saved_object: { id: '7' } } })
  t.match(parsed.message, /^é+$/)
})

test('a byte more than the limit is cut, and what has exactly as many is not', async t => {
  const room = LIMIT - written({ further: '' }).bytes
  t.same(written({ further: 'x'.repeat(room) }), { bytes: LIMIT, parsed: { ...JSON.parse(JSON.stringify(record())), further: 'x'.repeat(room) } })
  t.equal(written({ further: 'x'.repeat(room + 1) }).parsed.labels.audit_truncated, `further (${room + 1} bytes)`)
})

test('whatever the event, its line is JSON within the limit, and says who, what and when', async t => {
  const hash = hashValue('jane', 'k'.repeat(32))
  const many = (length: number, value: unknown): object => Object.fromEntries(Array.from({ length }, (_, i) => [`k${i}`, value]))
  const hostile: object[] = [
    { further: '\u0001'.repeat(30_000) }, { further: '\u{1f600}'.repeat(16_000) }, { further: many(5000, 'abc') }, { further: many(5000, 12) }, { further: many(500, 'x'.repeat(32_766)) },
    many(5000, true), { ['k'.repeat(32_766)]: 1 }, { event: { id: '019e0a1c-2d00-7000-8000-0123456789ab', action: 'a', category: Array(9000).fill('web'), outcome: 'failure', type: Array(3000).fill('access') } },
    { labels: many(3000, 'l'.repeat(300)) }, { user: { id: '1', name: hash, roles: Array(9000).fill('role') } }, { error: { message: '"'.repeat(30_000), code: 'E' }, message: '\\'.repeat(30_000) }
  ]
  for (const [index, more] of hostile.entries()) {
    const { bytes, parsed } = written(more)
    t.ok(bytes <= LIMIT, `${index}: ${bytes} bytes`)
    t.match(parsed, { '@timestamp': '2026-01-01T00:00:00.000Z', message: String, event: { id: '019e0a1c-2d00-7000-8000-0123456789ab', action: 'a', outcome: 'failure' }, client: { ip: '192.0.2.7' }, trace: { id: 't'.repeat(32) }, process: { pid: 1 } }, String(index))
    t.match(parsed.labels.audit_truncated, /\(\d+ bytes\)/)
  }
  t.equal(written({ user: { id: '1', name: hash, roles: Array(9000).fill('role') } }).parsed.user.name, hash, 'a hash stays whole')
  t.match(written({ further: many(5000, 12) }).parsed.labels.audit_truncated, /^further \(\d{5} bytes\)/)
})

test('of an event with too many values, what nobody can do without stays, and so do the marks', async t => {
  const further = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 12]))
  const kept = { kibana: { space_id: 'default', session_id: 's_1' }, error: { code: 'E', message: 'no' }, user: { id: '1', name: 'ann' } }
  const { parsed } = written({ ...kept, further, labels: { audit_fault: 'a fault', audit_truncated: 'a (9 bytes)', other: 'o' } })
  t.strictSame({ kibana: parsed.kibana, error: parsed.error, user: parsed.user }, kept)
  t.match(parsed.labels, { audit_fault: 'a fault', audit_truncated: /^a \(9 bytes\), further \(\d{5} bytes\)/, other: undefined })
  const texts = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, 'x'.repeat(100)]))
  t.equal(written({ further: texts }).parsed.labels.audit_truncated.split(',')[0], `further (${JSON.stringify(texts).length} bytes)`, 'as it was before its texts were cut')
  t.equal(written({ further, event: { id: '1', action: 'a', category: Array(50).fill('web') } }).parsed.event.category.length, 10)
})

test('a record is not changed by it, and a pattern is held to the limit as well', async t => {
  const before = record({ message: 'x'.repeat(20_000), list: ['y'.repeat(20_000)] })
  const copy = structuredClone(before)
  const pattern = withLimit(createPatternLayout({ pattern: '%message %message %meta', highlight: false }), LIMIT)
  t.ok(Buffer.byteLength(pattern(before, {})) <= LIMIT)
  json(before, {})
  t.same(before, copy)
})

test('a limit is one that can be kept', async t => {
  t.equal(eventBytesFault('8kb'), null)
  t.equal(eventBytesFault('4mb'), null)
  for (const size of ['8191b', '5mb', '1b']) t.equal(eventBytesFault(size), `expected a size from 8kb to 4mb, got "${size}"`)
  await t.rejects(auditedApp(t, { section: { max_event_bytes: '1kb' } }), { message: /max_event_bytes: expected a size from 8kb to 4mb, got "1kb"$/ })
})

test('in an application: 10 MB of text, and what is cut of a value that is hashed or excluded is not in the line either', async t => {
  const jane = 'jane' + 'x'.repeat(20_000)
  const { app, file, events } = await auditedApp(t, { section: { max_event_bytes: '16kb', fields: { hash: ['user.name'], exclude: ['user.email'], hash_key: 'k'.repeat(32) } } })
  await app.audit.withoutRequest.log({ message: `User [${jane}] said`, event: { action: 'a' }, user: { name: jane, email: jane }, labels: { further: 'z'.repeat(10_000_000) } })
  const [event] = await events()
  t.match(event, { user: { name: hashValue(jane, 'k'.repeat(32)) }, message: `User [${hashValue(jane, 'k'.repeat(32))}] said`, labels: { audit_truncated: 'labels.further (10000000 bytes), labels.further (32766 bytes)' } })
  t.notMatch(readFileSync(file, 'utf8'), 'jane')
})
