// Packs the project and looks at the package as its users get it: publint, the types as
// every kind of project resolves them, and two applications, one ESM and one CommonJS, that
// install the tarball, are type checked, run, and must leave audit lines in a file.
// `node test/package/check.js`, after a build; .ci/run calls it.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const BIN = join(ROOT, 'node_modules/.bin')
const folder = mkdtempSync(join(tmpdir(), 'fastify-audit-package-'))

function run (command, args, cwd = ROOT) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout}${error.stderr}`, { cause: error })
  }
}

function check (title, look) {
  const result = look()
  console.log(`ok - ${title}`)
  return result
}

/** Fails unless the file holds exactly these actions, a line each. */
function expectActions (file, expected) {
  const actions = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line).event.action)
  if (actions.join() !== expected.join()) throw new Error(`${file}: expected ${expected}, got ${actions}`)
}

function consume (kind) {
  const project = join(folder, kind)
  cpSync(join(import.meta.dirname, kind), project, { recursive: true })
  check(`${kind}: the types hold`, () => run(join(BIN, 'tsc'), ['--typeRoots', join(ROOT, 'node_modules/@types'), '-p', project]))
  check(`${kind}: an application runs and its audit lines are there`, () => {
    const log = join(project, 'audit.log')
    run(process.execPath, [join(project, 'out/consumer.js'), log], project)
    expectActions(log, ['http_request', 'saved_object_update'])
  })
}

try {
  const [{ filename, files }] = check('the package packs', () => JSON.parse(run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder])))
  const tarball = join(folder, filename)
  check('it holds what it should and nothing else', () => {
    const expected = /^(dist\/.+\.(js|d\.ts|js\.map)|docs\/[\w-]+\.md|docs\/audit\.schema\.json|docs\/examples\/[\w/.-]+\.(js|md|html|css|yml|json)|package\.json|README\.md|LICENSE)$/
    const left = (path) => path.startsWith('dist/') && !existsSync(join(ROOT, path.replace(/^dist/, 'lib').replace(/\.(js|d\.ts|js\.map)$/, '.ts')))
    const strays = files.map(({ path }) => path).filter((path) => !expected.test(path) || left(path))
    if (strays.length > 0) throw new Error(`not expected in the package: ${strays.join(', ')}`)
  })
  check('publint has nothing to say', () => run(join(BIN, 'publint'), ['run', tarball, '--strict']))
  check('its types resolve', () => run(join(BIN, 'attw'), [tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-color']))
  check('it installs', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { fastify: devDependencies.fastify, 'fastify-audit': `file:${filename}` } }))
    return run('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], folder)
  })
  check('npx runs its command', () => {
    writeFileSync(join(folder, 'audit.yml'), 'xpack.security.audit.enabled: true\n')
    const printed = run('npx', ['--no-install', 'fastify-audit', 'check-config', 'audit.yml'], folder)
    if (!printed.startsWith('# "audit.yml" is ok.')) throw new Error(`not expected: ${printed}`)
  })
  consume('esm')
  consume('cjs')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
