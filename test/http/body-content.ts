import { test } from 'tap'
import { createBodyReader } from '../../lib/http/body-content.js'
import { createRedaction } from '../../lib/http/redact.js'

const read = createBodyReader(200, createRedaction(['iban']), ['customer.born', 'list.at'])

test('fields that are secrets are hidden at any depth', async t => {
  const body = { a: 1, Password: 'hush', deep: [{ api_key: 'hush', deeper: { ok: true, IBAN: ['hush'] } }], customer: { born: 'hush', n: null }, born: 'ok', list: [{ at: 'hush' }] }
  const { content, isCut } = read(body)!
  t.same(JSON.parse(content), {
    a: 1,
    Password: '[redacted]',
    deep: [{ api_key: '[redacted]', deeper: { ok: true, IBAN: '[redacted]' } }],
    customer: { born: '[redacted]', n: null },
    born: 'ok',
    list: [{ at: '[redacted]' }]
  })
  t.equal(isCut, false)
})

test('a path is found in any case', async t => {
  const { content } = createBodyReader(200, createRedaction([]), ['Customer.Born'])({ CUSTOMER: { born: 'hush' } })!
  t.equal(content, '{"CUSTOMER":{"born":"[redacted]"}}')
})

test('text is hidden whole when a secret stands in it', async t => {
  for (const text of ['a=1&token=hush', '{"password":"hu&sh"}', '<in><password x="y">hush</password></in>', 'token: hush']) t.equal(read(text)?.content, '[redacted]', text)
  t.equal(read('just words')?.content, 'just words')
  t.same(read(`token=${'hush'.repeat(100)}`), { content: '[redacted]', isCut: true }, 'and so is what there was more of')
  t.equal(read({ url: '/in?token=hush' })?.content, '{"url":"[redacted]"}')
})

test('what has no content is null', async t => {
  for (const body of [undefined, null, Buffer.from('hush'), new Map([['a', 1]])]) t.equal(read(body), null)
  t.equal(read([])?.content, '[]')
  t.equal(read({})?.content, '{}')
  t.equal(read(false)?.content, 'false')
})

test('a body is cut at the size, in bytes, between characters', async t => {
  const { content, isCut } = read({ a: 'ä'.repeat(1000) })!
  t.ok(isCut)
  t.ok(Buffer.byteLength(content) >= 199 && Buffer.byteLength(content) <= 200)
  t.same(read('x'.repeat(201)), { content: 'x'.repeat(200), isCut: true })
  t.same(read('x'.repeat(200)), { content: 'x'.repeat(200), isCut: false })
  t.ok(read('😀'.repeat(200))!.content.isWellFormed())
  t.equal(read('\ud800x')?.content, '\ufffdx')
})

test('a hostile body costs no more than there is room for', async t => {
  let reads = 0
  const endless: Record<string, unknown> = {}
  Object.defineProperty(endless, 'next', { enumerable: true, get () { reads++; return [endless, endless, endless] } })
  read(endless)
  t.ok(reads < 400, `${reads} reads`)
  const cycle: Record<string, unknown> = { a: 1 }
  cycle.self = cycle
  t.match(read(cycle)?.content, /too deep/)
  const thrower = Object.defineProperty({}, 'x', { enumerable: true, get () { throw new Error('hush') } })
  t.equal(read(thrower)?.content, '{"x":"[cannot be read]"}')
  let read1000 = 0
  const wide = new Proxy(Array.from({ length: 100_000 }, () => 1), { get (list, at) { if (at !== 'length') read1000++; return Reflect.get(list, at) } })
  t.ok(read(wide)!.isCut)
  t.ok(read1000 < 1000, `${read1000} items`)
  let fields = 0
  const wideObject = new Proxy(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 1])), { get (object, name) { fields++; return Reflect.get(object, name) } })
  t.ok(read(wideObject)!.isCut)
  t.ok(fields < 1000, `${fields} fields`)
})
