import { test } from 'tap'
import { durationSchema, durationToMilliseconds, parseDuration, sizeSchema, sizeToBytes } from '../../lib/config/units.js'

test('durations are turned into milliseconds, every unit of them', async (t) => {
  const expected = { '1ms': 1, '1s': 1000, '1m': 60_000, '1h': 3_600_000, '24h': 86_400_000, '1d': 86_400_000, '1w': 604_800_000, '1M': 2_592_000_000, '1Y': 31_536_000_000 }
  for (const [text, milliseconds] of Object.entries(expected)) t.equal(durationToMilliseconds(text), milliseconds, text)
})

test('a duration is taken apart into its amount and its unit', async (t) => {
  t.same(parseDuration('30m'), { amount: 30, unit: 'm' })
  t.same(parseDuration('2M'), { amount: 2, unit: 'M' }, 'M is months, m is minutes')
})

test('sizes are turned into bytes, by powers of 1024', async (t) => {
  const expected = { '7b': 7, '48kb': 49_152, '100mb': 104_857_600, '2gb': 2_147_483_648 }
  for (const [text, bytes] of Object.entries(expected)) t.equal(sizeToBytes(text), bytes, text)
})

test('the schemas accept every unit that is converted and nothing else', async (t) => {
  const duration = new RegExp(durationSchema.pattern)
  const size = new RegExp(sizeSchema.pattern)
  for (const text of ['1ms', '1s', '1m', '1h', '1d', '1w', '1M', '1Y', '15m']) t.match(text, duration)
  for (const text of ['', '1', 'h', '0h', '-1h', '1.5h', '1 h', '1H', '1h ', '24h\n', '1hours', '9999999999999999h']) t.notOk(duration.test(text), JSON.stringify(text))
  for (const text of ['1b', '1kb', '1mb', '1gb']) t.match(text, size)
  for (const text of ['', '1', '0mb', '10 parsecs', '1MB', '1tb', '-1mb', '1.5mb', '1mb\n']) t.notOk(size.test(text), JSON.stringify(text))
})
