// What http_request costs: the CPU time that it adds to a request. Every variant is an
// application of its own, in a process of its own, all on one core, and one at a time is
// loaded for a short slice. Each round loads all of them in random order, so that whatever
// else the machine does meets all alike, and compares within the round only.
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from './children.js'
import { openLoad } from './load.js'
import { requestTexts } from './app.js'
import { quantile, shuffled } from './statistics.js'

const SERVER = join(import.meta.dirname, 'server.js')
const WARM_UP = 1_500

/**
 * Measures `variants` (names of files in variants/).
 *
 * @returns for every round, by variant: microseconds of CPU per request, requests per
 * second, the 99th percentile of the latency, and CPU microseconds per idle second
 */
export async function measureRequests (variants, { rounds, processes, sliceMilliseconds, connections, folder }) {
  const samples = []
  for (let group = 0; group < processes; group++) {
    const groupRounds = Math.ceil((rounds - samples.length) / (processes - group))
    samples.push(...await measureGroup(variants, { rounds: groupRounds, sliceMilliseconds, connections, folder }))
  }
  return samples
}

/** One set of processes: started, warmed up, measured, checked. Several sets even out what a process's start decides. */
async function measureGroup (variants, { rounds, sliceMilliseconds, connections, folder }) {
  const subjects = []
  try {
    for (const variant of shuffled(variants)) subjects.push(await startSubject(variant, connections, join(folder, variant)))
    for (const subject of shuffled(subjects)) await slice(subject, WARM_UP)
    const samples = []
    for (let round = 0; round < rounds; round++) {
      const sample = {}
      for (const subject of shuffled(subjects)) sample[subject.variant] = await slice(subject, sliceMilliseconds)
      samples.push(sample)
    }
    return samples
  } finally {
    for (const subject of subjects) {
      subject.load.close()
      await subject.child.end()
    }
    for (const subject of subjects) await checkLines(subject)
    await rm(folder, { recursive: true, force: true })
  }
}

async function startSubject (variant, connections, folder) {
  await mkdir(folder, { recursive: true })
  const child = await startChild(SERVER, [variant, folder])
  const load = await openLoad(child.ready.port, connections, requestTexts())
  return { variant, folder, child, load, requests: 0, restedAt: null, restedCpu: 0 }
}

async function slice (subject, milliseconds) {
  const before = await subject.child.ask('cpu')
  const idle = subject.restedAt === null ? NaN : (before.microseconds - subject.restedCpu) / ((performance.now() - subject.restedAt) / 1000)
  const { requests, seconds, latencies } = await subject.load.run(milliseconds)
  await settled(subject.folder)
  const after = await subject.child.ask('cpu')
  subject.requests += requests
  subject.restedAt = performance.now()
  subject.restedCpu = after.microseconds
  return {
    cpu: (after.microseconds - before.microseconds) / requests,
    perSecond: requests / seconds,
    p99: quantile(latencies, 0.99),
    idle,
    rss: after.rss
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
  if (lines !== requests) throw new Error(`${variant}: ${requests} requests, but ${lines} lines`)
  const { message, event, user, kibana, client, trace, http, url, ecs, process, ...rest } = JSON.parse(first.slice(0, first.indexOf('\n')))
  const expected = [
    message, event.action, event.category[0], event.outcome, user.id, user.name, user.roles[0], kibana.space_id, kibana.session_id,
    client.ip, trace.id, http.request.method, http.request.headers['x-forwarded-for'],
    url.domain, url.path, url.port, url.query, url.scheme, ecs.version, process.pid, rest['@timestamp']
  ]
  if (expected.some((value) => value === undefined)) throw new Error(`${variant}: a field is missing in ${first.slice(0, first.indexOf('\n'))}`)
}
