import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { createNumericStrategy, numericSchema, type NumericConfig } from '../../../lib/appenders/rolling/numeric.js'
import type { Test } from '../../support/appender-contract.js'

type Files = Readonly<Record<string, string>>

async function contents (folder: string): Promise<Files> {
  const names = (await readdir(folder, { withFileTypes: true })).filter(entry => entry.isFile()).map(({ name }) => name).sort()
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await readFile(join(folder, name), 'utf8')])))
}

function strategyFor (t: Test, files: Files, { name = 'audit.log', ...settings }: Partial<NumericConfig> & { name?: string } = {}) {
  const folder = t.testdir(files)
  return { folder, strategy: createNumericStrategy({ type: 'numeric', ...settings }, join(folder, name)) }
}

test('1 is always the youngest', async t => {
  const { folder, strategy } = strategyFor(t, { 'audit.log': 'first' })
  await strategy.roll()
  t.same(await contents(folder), { 'audit-1.log': 'first' })
  await writeFile(join(folder, 'audit.log'), 'second')
  await strategy.roll()
  t.same(await contents(folder), { 'audit-1.log': 'second', 'audit-2.log': 'first' })
  await writeFile(join(folder, 'audit.log'), 'third')
  await strategy.roll()
  t.same(await contents(folder), { 'audit-1.log': 'third', 'audit-2.log': 'second', 'audit-3.log': 'first' })
  t.same((await strategy.rolledFiles()).map(({ number, path }) => [number, path]), [1, 2, 3].map(number => [number, join(folder, `audit-${number}.log`)]))
})

test('counts in numbers, not in letters', async t => {
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`audit-${index + 1}.log`, `${index + 1}`]))
  const { folder, strategy } = strategyFor(t, { ...files, 'audit.log': '0' })
  await strategy.roll()
  t.same(await contents(folder), Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`audit-${index + 1}.log`, `${index}`])))
  t.same((await strategy.rolledFiles()).map(({ number }) => number), Array.from({ length: 13 }, (_, index) => index + 1))
})

test('never touches a file that it did not name', async t => {
  const neighbours = Object.fromEntries([
    'auditX2.log', 'backup-2024.log', 'audit-01.log', 'audit-1.log.gz', 'audit-0.log', 'audit-.log', 'audit-1.txt', 'audit-1', 'xaudit-1.log',
    'audit-20240131.log', 'audit-2024.log', 'audit-367.log', 'audit-1e1.log', 'audit--1.log', 'audit-+1.log', 'audit-1 .log', 'audit-１.log', 'Audit-1.log', 'audit_1.log', 'audit-1-2.log'
  ].map(name => [name, `contents of ${name}`]))
  const { folder, strategy } = strategyFor(t, { ...neighbours, 'audit.log': 'live', 'audit-2.log': 'rolled' })
  await mkdir(join(folder, 'audit-3.log'))
  t.same((await strategy.rolledFiles()).map(({ number }) => number), [2])
  await strategy.roll()
  t.same(await contents(folder), { ...neighbours, 'audit-1.log': 'live', 'audit-2.log': 'rolled' })
})

test('the pattern stands before the extension', async t => {
  const names = [
    [{ pattern: '.%i' }, 'audit.log', 'audit.1.log'],
    [{ pattern: '%i' }, 'audit.log', 'audit1.log'],
    [{ pattern: '.(%i)$&' }, 'a+b.log', 'a+b.(1)$&.log'],
    [{ pattern: '-%i-%i' }, 'audit.log', 'audit-1-%i.log'],
    [{}, 'audit', 'audit-1'],
    [{}, '.audit', '.audit-1'],
    [{}, 'audit-%i.json.log', 'audit-%i.json-1.log']
  ] as const
  for (const [settings, name, rolled] of names) {
    const { folder, strategy } = strategyFor(t, { [name]: 'live' }, { ...settings, name })
    await strategy.roll()
    t.same(Object.keys(await contents(folder)), [rolled])
    t.same((await strategy.rolledFiles()).map(({ number }) => number), [1])
  }
})

test('a pattern holds %i and no folder', async t => {
  const pattern = new RegExp(numericSchema.properties.pattern.pattern, 'u')
  for (const text of ['-%i', '%i', '.%i.old']) t.match(text, pattern)
  for (const text of ['', '-', '-%d', '-%', '/%i', '%i/', '../%i', '\\%i', '%i\0']) t.notMatch(text, pattern, JSON.stringify(text))
})

test('completes a roll that was cut after any of its steps, and overwrites nothing', async t => {
  // Four files, the youngest content highest; each state is what a crash leaves behind.
  const states: Files[] = [
    { 'audit.log': '4', 'audit-1.log': '3', 'audit-2.log': '2', 'audit-3.log': '1' },
    { 'audit.log': '4', 'audit-1.log': '3', 'audit-2.log': '2', 'audit-4.log': '1' },
    { 'audit.log': '4', 'audit-1.log': '3', 'audit-3.log': '2', 'audit-4.log': '1' },
    { 'audit.log': '4', 'audit-2.log': '3', 'audit-3.log': '2', 'audit-4.log': '1' },
    { 'audit-1.log': '4', 'audit-2.log': '3', 'audit-3.log': '2', 'audit-4.log': '1' }
  ]
  for (const state of states.slice(0, 4)) {
    const { folder, strategy } = strategyFor(t, state)
    await strategy.roll()
    t.same(await contents(folder), states[4], Object.keys(state).join(' '))
  }
  const { folder, strategy } = strategyFor(t, { ...states[4], 'audit.log': '5' })
  await strategy.roll()
  t.same(await contents(folder), { 'audit-1.log': '5', 'audit-2.log': '4', 'audit-3.log': '3', 'audit-4.log': '2', 'audit-5.log': '1' })
})

test('passes a roll over whose file has been moved away, and takes one back', async t => {
  const { folder, strategy } = strategyFor(t, { 'audit-1.log': 'rolled' })
  await strategy.roll()
  t.same(await contents(folder), { 'audit-2.log': 'rolled' })
  await writeFile(join(folder, 'audit.log'), 'live')
  await strategy.roll()
  await strategy.undoRoll()
  t.same(await contents(folder), { 'audit.log': 'live', 'audit-2.log': 'rolled' })
})

test('goes no further than its highest number, and overwrites nothing there', async t => {
  const files = Object.fromEntries(Array.from({ length: 366 }, (_, index) => [`audit-${index + 1}.log`, `${index + 1}`]))
  const before = { ...files, 'audit.log': 'live', 'audit-367.log': 'somebody else\'s' }
  const { folder, strategy } = strategyFor(t, before)
  await t.rejects(strategy.roll(), /audit-366\.log" exists, and no number below it is free/)
  t.same(await contents(folder), before)
})

test('reports what keeps it from rolling', async t => {
  const { folder, strategy } = strategyFor(t, { 'audit.log': 'live' })
  await mkdir(join(folder, 'audit-1.log'))
  await t.rejects(strategy.roll(), { code: 'EISDIR' })
  t.same(await contents(folder), { 'audit.log': 'live' })
})
