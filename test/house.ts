// Holds the house to its plan: who may import whom, a test for every file, sizes, the top
// level, and a section in docs/errors.md for every error.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'tap'
import ts from 'typescript'
import * as errors from '../lib/errors.js'

const ROOT = join(import.meta.dirname, '..')
const TOP_LEVEL = [
  '.ci', '.eslint.config.mjs', '.gitignore', '.npmrc', '.taprc', 'LICENSE', 'README.md',
  'docs', 'lib', 'package-lock.json', 'package.json', 'test', 'tsconfig.json'
]

/** Which layers a layer may import, beside itself. `words`: contracts, errors, and what config lends to everybody. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  index: ['plugin', 'explain', 'instance', 'authentication', 'config', 'http', 'repository', 'trail', 'appenders', 'layouts', 'events', 'words'],
  plugin: ['opening', 'instance', 'process', 'config', 'http', 'repository', 'trail', 'appenders', 'layouts', 'events', 'words'],
  instance: ['trail', 'words'],
  opening: ['process', 'config', 'trail', 'appenders', 'layouts', 'events', 'words'],
  explain: ['opening', 'config', 'trail', 'layouts', 'words'],
  cli: ['explain', 'config', 'trail', 'layouts', 'words'],
  process: ['words'],
  config: ['http', 'repository', 'trail', 'appenders', 'rolling', 'layouts', 'words'],
  http: ['trail', 'layouts', 'events', 'words'],
  authentication: ['trail', 'layouts', 'events', 'words'],
  repository: ['trail', 'layouts', 'events', 'words'],
  trail: ['layouts', 'events', 'words'],
  appenders: ['rolling', 'layouts', 'words'],
  rolling: ['words'],
  layouts: ['words'],
  events: ['words'],
  testing: ['words'],
  words: []
}
const CONTRACT = 'lib/contracts.ts'
const CONTRACT_ROOMS = 'lib/contracts/'
const WORDS = [CONTRACT, 'lib/errors.ts', 'lib/config/units.ts', 'lib/config/from-schema.ts']

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const filesIn = (folder: string): string[] => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('node_modules')).map((file) => join(folder, file))

function layerOf (file: string): string {
  if (WORDS.includes(file) || file.startsWith(CONTRACT_ROOMS)) return 'words'
  if (file.startsWith('lib/appenders/rolling/')) return 'rolling'
  return dirname(file) === 'lib' ? file.slice('lib/'.length, -'.ts'.length) : file.split('/')[1] ?? ''
}

function importsOf (file: string): string[] {
  return ts.preProcessFile(read(file)).importedFiles.map(({ fileName }) => fileName)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(ROOT, join(ROOT, dirname(file), specifier)).replace(/\.js$/, '.ts'))
}

/** Everything that a file imports, and what that imports in turn. */
function reachableFrom (file: string, imports: ReadonlyMap<string, readonly string[]>, reached = new Set<string>()): Set<string> {
  for (const imported of imports.get(file) ?? []) {
    if (!reached.has(imported)) reachableFrom(imported, imports, reached.add(imported))
  }
  return reached
}

/** True for a file that does something; schemas and tables are data, and tested with who uses them. */
function hasCode (file: string): boolean {
  const { outputText } = ts.transpileModule(read(file), { compilerOptions: { removeComments: true, module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 } })
  return /\bfunction\b|=>|\bclass\b/.test(outputText)
}

const lib = filesIn('lib')
const imports = new Map(lib.map((file) => [file, importsOf(file)]))

test('imports only point downwards', async (t) => {
  for (const [file, imported] of imports) {
    const layer = layerOf(file)
    const allowed = MAY_IMPORT[layer]
    if (allowed === undefined) t.fail(`${file}: there is no layer "${layer}"`)
    t.same(imported.filter((other) => layerOf(other) !== layer && !allowed?.includes(layerOf(other))), [], `${file} imports what its layer may`)
  }
})

test('the words that everybody uses depend on nothing of ours', async (t) => {
  for (const file of WORDS.filter((file) => file !== CONTRACT)) t.same(imports.get(file), [], file)
})

test('the contract is types alone, depends on nothing else of ours, and is asked for by its face', async (t) => {
  const isRoom = (file: string): boolean => file.startsWith(CONTRACT_ROOMS)
  for (const [file, imported] of imports) {
    const isOfContract = file === CONTRACT || isRoom(file)
    if (isOfContract) t.notOk(hasCode(file), file)
    t.same(imported.filter(isRoom), isOfContract ? imported : [], file)
  }
})

test('no file imports itself, however far around', async (t) => {
  t.same(lib.filter((file) => reachableFrom(file, imports).has(file)), [])
})

test('every file with code has a test of the same name', async (t) => {
  t.same(lib.filter((file) => hasCode(file) && !existsSync(join(ROOT, file.replace(/^lib/, 'test')))), [])
})

test('no file is longer than 200 lines, or carries a mark of something left undone', async (t) => {
  t.same(lib.filter((file) => read(file).split('\n').length > 201), [])
  const marks = /TO(?:DO)|FIX(?:ME)|eslint-dis(?:able)|@ts-(?:ignore|nocheck)/
  t.same([...lib, ...filesIn('test')].filter((file) => marks.test(read(file))), [])
})

test('the top level holds what the plan says and nothing else', async (t) => {
  const ignored = read('.gitignore').split('\n')
  const found = readdirSync(ROOT).filter((name) => name !== '.git' && !ignored.includes(name) && !name.endsWith('.tgz'))
  t.same(found.sort(), TOP_LEVEL.sort())
})

test('docs/errors.md has a section for every error, and for no other', async (t) => {
  const sections = [...read('docs/errors.md').matchAll(/^## (AUDIT_ERR_\w+)$/gm)].map(([, code]) => code)
  t.same(sections.sort(), Object.keys(errors).sort())
})
