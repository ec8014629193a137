import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { removeExpired, retentionSchema, type RetentionConfig } from '../../../lib/appenders/rolling/retention.js'
import type { Test } from '../../support/appender-contract.js'

const hour = 60 * 60 * 1000
const now = Date.parse('2026-01-31T12:00:00.000Z')

/** What is left of five files: number n has n * 100 bytes and was last written to n hours ago. */
async function kept (t: Test, config: RetentionConfig): Promise<number[]> {
  const folder = t.testdir({ 'audit.log': 'x'.repeat(5000) })
  const files = [1, 2, 3, 4, 5].map(number => ({ number, path: join(folder, `audit-${number}.log`) }))
  for (const { number, path } of files) {
    await writeFile(path, 'x'.repeat(number * 100))
    await utimes(path, new Date(now - number * hour), new Date(now - number * hour))
  }
  const removed = await removeExpired(files, config, now)
  const left = files.filter(({ path }) => !removed.includes(path))
  t.same((await readdir(folder)).sort(), [...left.map(({ number }) => `audit-${number}.log`), 'audit.log'])
  return left.map(({ number }) => number)
}

test('keeps so many files', async t => {
  t.same(await kept(t, { maxFiles: 3 }), [1, 2, 3])
  t.same(await kept(t, { maxFiles: 5 }), [1, 2, 3, 4, 5])
  t.same(await kept(t, { maxFiles: 1 }), [1])
})

test('keeps so many bytes, beside the live file', async t => {
  t.same(await kept(t, { maxAccumulatedFileSize: '600b' }), [1, 2, 3])
  t.same(await kept(t, { maxAccumulatedFileSize: '599b' }), [1, 2])
  t.same(await kept(t, { maxAccumulatedFileSize: '2kb' }), [1, 2, 3, 4, 5])
  t.same(await kept(t, { maxAccumulatedFileSize: '50b' }), [])
})

test('keeps files for so long', async t => {
  t.same(await kept(t, { removeOlderThan: '3h' }), [1, 2, 3])
  t.same(await kept(t, { removeOlderThan: '119m' }), [1])
  t.same(await kept(t, { removeOlderThan: '365d' }), [1, 2, 3, 4, 5])
})

test('every limit counts', async t => {
  t.same(await kept(t, { maxFiles: 4, maxAccumulatedFileSize: '600b', removeOlderThan: '2h' }), [1, 2])
  t.same(await kept(t, { maxFiles: 2, maxAccumulatedFileSize: '1gb', removeOlderThan: '1Y' }), [1, 2])
})

test('removeOlderThan goes up to 365 days', async t => {
  const pattern = new RegExp(retentionSchema.properties.removeOlderThan.pattern, 'u')
  for (const text of ['1d', '9d', '10d', '99d', '100d', '299d', '359d', '365d', '52w', '12M', '1Y', '8760h', '525600m', '31536000s', '31536000000ms']) t.match(text, pattern, text)
  for (const text of ['0d', '366d', '400d', '999d', '1000d', '53w', '13M', '2Y', '8761h', '9000h', '525601m', '31536001s', '31536000001ms', 'd', '1', '01d']) t.notMatch(text, pattern, text)
})
