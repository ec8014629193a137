// Where the audited application spends its time: loads it under Node's own profiler and
// prints the functions that were on the processor most. BENCH_PROFILE=1 calls it from
// run.js; `node test/bench/profile.js file.cpuprofile` reads a profile that is there already.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requestTexts } from './app.js'
import { startChild } from './children.js'
import { openLoad } from './load.js'
import { table } from './statistics.js'

const SHOWN = 45
const WARM_UP = 3_000
const MEASURED = 6_000

/** Profiles one variant (`BENCH_ONLY`, or the audited one), prints a summary and where the profile lies. */
export async function profile ({ connections, folder }) {
  const variant = process.env.BENCH_ONLY ?? 'audited'
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const child = await startChild(join(import.meta.dirname, 'server.js'), [variant, folder], ['--cpu-prof', '--cpu-prof-interval=250', `--cpu-prof-dir=${folder}`])
  const load = await openLoad(child.ready.port, connections, requestTexts())
  await load.run(WARM_UP)
  const { requests } = await load.run(MEASURED)
  load.close()
  await child.end()
  const file = (await readdir(folder)).find((name) => name.endsWith('.cpuprofile'))
  console.log(`\n${variant}: ${requests} requests in ${MEASURED / 1000} s; ${join(folder, file)}`)
  await summarize(join(folder, file))
}

/** Self times by function, and by who owns the code. */
async function summarize (file) {
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(file, 'utf8'))
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const functions = new Map()
  const owners = new Map()
  let total = 0
  samples.forEach((id, index) => {
    const { functionName, url, lineNumber } = frames.get(id)
    if (functionName === '(idle)') return
    const spent = timeDeltas[index]
    const where = placeOf(url)
    total += spent
    add(functions, `${functionName || '(anonymous)'} | ${where}${lineNumber >= 0 && where ? `:${lineNumber + 1}` : ''}`, spent)
    add(owners, ownerOf(where, functionName), spent)
  })
  const share = (spent) => `${(100 * spent / total).toFixed(1)} %`
  const rows = (times) => [...times].sort(([, a], [, b]) => b - a).slice(0, SHOWN)
  console.log('\n' + table([['whose code', 'self time'], ...rows(owners).map(([owner, spent]) => [owner, share(spent)])]))
  console.log('\n' + table([['function', 'where', 'self time'], ...rows(functions).map(([name, spent]) => [...name.split(' | '), share(spent)])]))
}

function add (times, key, spent) {
  times.set(key, (times.get(key) ?? 0) + spent)
}

function placeOf (url) {
  if (!url.startsWith('file:')) return url
  const root = join(import.meta.dirname, '../..')
  return fileURLToPath(url).replace(`${root}/`, '')
}

function ownerOf (where, functionName) {
  const installed = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(where)
  if (installed) return installed[1]
  if (where.startsWith('dist/')) return `fastify-audit ${where.split('/').slice(0, 2).join('/')}`
  if (where.startsWith('node:')) return 'node'
  return where === '' ? functionName : where
}

if (process.argv[1] === import.meta.filename && process.argv[2] !== undefined) await summarize(process.argv[2])
