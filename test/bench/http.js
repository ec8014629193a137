// What http_request costs: the CPU time that it adds to a request. A round starts every variant
// as an application of its own in a new process, all on the same core, and loads them by turns,
// in random order, for short slices: what else the machine does changes within a second, and so
// meets all alike. Comparisons are within one turn of all. New processes, because how one happens
// to start decides some per cent of its speed; stopped while another is measured, because servers
// that wait beside the loaded one disturb it.
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from './children.js'
import { openLoad } from './load.js'
import { hasWrk, loadByWrk } from './wrk.js'
import { requestTexts } from './app.js'
import { quantile, shuffled } from './statistics.js'

const SERVER = join(import.meta.dirname, 'server.js')
/**
 * Requests, not seconds: on a slow machine a second is over before V8 has compiled what is hot. Of
 * the very load that is measured: V8 compiles for what it has seen, how many requests a turn of the
 * event loop brings included, and the first half second of another load costs twice as much.
 */
const WARM_UP_REQUESTS = 30_000
const WARM_UP_SLICE = 900
const IDLE = 150

/** Slices of each variant in one round. */
export const SLICES = 8

/**
 * Measures `variants` (names of files in variants/).
 *
 * @returns for every round its turns, in each of which every variant was loaded once: by variant,
 * microseconds of CPU per request, requests per second, the 99th percentile of the latency, and,
 * of the whole round, CPU microseconds per idle second and bytes of resident memory
 */
export async function measureRequests (variants, { rounds, sliceMilliseconds, connections, folder }) {
  const measured = []
  for (let round = 0; round < rounds; round++) {
    const servers = []
    for (const variant of shuffled(variants)) servers.push(await startServer(variant, { connections, folder: join(folder, variant) }))
    const turns = []
    for (let slice = 0; slice < SLICES; slice++) {
      const turn = {}
      for (const server of shuffled(servers)) turn[server.variant] = await server.measure(sliceMilliseconds)
      turns.push(turn)
    }
    for (const server of servers) {
      const ending = await server.end()
      for (const turn of turns) Object.assign(turn[server.variant], ending)
    }
    measured.push(turns)
  }
  return measured
}

/** An application that is warmed up, and at rest but while it is measured. */
async function startServer (variant, { connections, folder }) {
  await mkdir(folder, { recursive: true })
  const child = await startChild(SERVER, [variant, folder])
  const { port } = child.ready
  const load = hasWrk ? await loadByWrk(port, connections, requestTexts(), join(folder, 'requests.lua')) : loadByNode(port, connections, requestTexts())
  do await load(WARM_UP_SLICE)
  while ((await child.ask('cpu')).requests < WARM_UP_REQUESTS)
  await settled(folder)
  child.rest()

  return {
    variant,
    async measure (milliseconds) {
      child.wake()
      const before = await child.ask('cpu')
      const { seconds, p99 } = await load(milliseconds)
      await settled(folder)
      const after = await child.ask('cpu')
      child.rest()
      const requests = after.requests - before.requests
      return { cpu: (after.microseconds - before.microseconds) / requests, perSecond: requests / seconds, p99 }
    },
    async end () {
      child.wake()
      const before = await child.ask('cpu')
      await sleep(IDLE)
      const { microseconds, requests, rss } = await child.ask('cpu')
      await child.end()
      await checkLines({ variant, folder, requests })
      await rm(folder, { recursive: true })
      return { idle: (microseconds - before.microseconds) / (IDLE / 1000), rss }
    }
  }
}

/** The same as `loadByWrk`, with connections of its own each time. */
function loadByNode (port, connections, texts) {
  return async function load (milliseconds) {
    const { run, close } = await openLoad(port, connections, texts)
    const { seconds, latencies } = await run(milliseconds)
    close()
    return { seconds, p99: quantile(latencies, 0.99) }
  }
}

/** Waits until nothing is written any more, so that a slice pays for all of its own lines. */
async function settled (folder) {
  let size = -1
  for (let stillFor = 0; stillFor < 8;) {
    const now = await sizeOf(folder)
    stillFor = now === size ? stillFor + 1 : 0
    size = now
    await sleep(15)
  }
}

async function sizeOf (folder) {
  const files = (await readdir(folder)).filter(isLog)
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

function isLog (file) {
  return /\.(log|jsonl)$/.test(file)
}

/** Lines of each request, where that is not one. */
const LINES = { 'more-audited': 3, feature: 3 }

/** A variant that loses lines or leaves fields out has not been measured but misjudged. */
async function checkLines ({ variant, folder, requests }) {
  const files = (await readdir(folder)).filter(isLog)
  if (files.length === 0 && /^(bare|disabled|request-context)/.test(variant)) return
  let lines = 0
  let first = ''
  for (const file of files) {
    for await (const chunk of createReadStream(join(folder, file))) {
      if (first.indexOf('\n') === -1) first += chunk.toString()
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
    }
  }
  if (lines !== requests * (LINES[variant.split(':')[0]] ?? 1)) throw new Error(`${variant}: ${requests} requests, but ${lines} lines`)
  const { message, event, user, kibana, client, trace, http, url, ecs, process, ...rest } = JSON.parse(first.slice(0, first.indexOf('\n')))
  const expected = [
    message, event.action, event.category[0], event.outcome, user.id, user.name, user.roles[0], kibana.space_id, kibana.session_id,
    client.ip, trace.id, http.request.method, http.request.headers['x-forwarded-for'],
    url.domain, url.path, url.port, url.query, url.scheme, ecs.version, process.pid, rest['@timestamp']
  ]
  if (expected.some((value) => value === undefined)) throw new Error(`${variant}: a field is missing in ${first.slice(0, first.indexOf('\n'))}`)
}
