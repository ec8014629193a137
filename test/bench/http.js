// What http_request costs: the CPU time that it adds to a request. A round measures every
// variant once, in random order, each as an application of its own in a new process, all on
// the same core, so that whatever else the machine does meets all alike; comparisons are
// within the round. New processes, one at a time: servers that wait beside the loaded one
// disturb it, and how a process happens to start decides some per cent of its speed.
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
/** Requests, not seconds: on a slow machine a second is over before V8 has compiled what is hot. */
const WARM_UP_REQUESTS = 20_000
const WARM_UP_SLICE = 400
const IDLE = 150

/**
 * Measures `variants` (names of files in variants/).
 *
 * @returns for every round, by variant: microseconds of CPU per request, requests per
 * second, the 99th percentile of the latency, CPU microseconds per idle second, and bytes of
 * resident memory
 */
export async function measureRequests (variants, { rounds, sliceMilliseconds, connections, folder }) {
  const samples = []
  for (let round = 0; round < rounds; round++) {
    const sample = {}
    for (const variant of shuffled(variants)) sample[variant] = await measureVariant(variant, { sliceMilliseconds, connections, folder })
    samples.push(sample)
  }
  return samples
}

async function measureVariant (variant, { sliceMilliseconds, connections, folder }) {
  await mkdir(folder, { recursive: true })
  const child = await startChild(SERVER, [variant, folder])
  const load = await openLoad(child.ready.port, connections, requestTexts())
  let warmedUp = 0
  while (warmedUp < WARM_UP_REQUESTS) warmedUp += (await load.run(WARM_UP_SLICE)).requests
  await settled(folder)
  const before = await child.ask('cpu')
  const { seconds, p99 } = hasWrk ? await loadByWrk(child.ready.port, connections, requestTexts(), sliceMilliseconds, join(folder, 'requests.lua')) : await loaded(load, sliceMilliseconds)
  await settled(folder)
  const after = await child.ask('cpu')
  await sleep(IDLE)
  const rested = await child.ask('cpu')
  load.close()
  await child.end()
  const requests = after.requests - before.requests
  await checkLines({ variant, folder, requests: after.requests })
  await rm(folder, { recursive: true })
  return {
    cpu: (after.microseconds - before.microseconds) / requests,
    user: (after.user - before.user) / requests,
    perSecond: requests / seconds,
    p99,
    idle: (rested.microseconds - after.microseconds) / (IDLE / 1000),
    rss: after.rss
  }
}

async function loaded (load, milliseconds) {
  const { seconds, latencies } = await load.run(milliseconds)
  return { seconds, p99: quantile(latencies, 0.99) }
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
