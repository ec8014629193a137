// A real OpenSearch node for test/services: its jars come from Maven and stay in a folder of the
// user's, outside of the project; each test has a node with data of its own.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { freePort } from './free-port.js'

const run = promisify(execFile)
const PARTS = join(import.meta.dirname, 'opensearch')
/** Milliseconds. */
const MAVEN_TAKES = 240_000
const START_TAKES = 120_000

export interface OpenSearchNode {
  readonly url: string
  /** Ends it without a word, as `kill -9` does. */
  kill (): Promise<void>
  /** Starts it again, with its data and its port. */
  start (): Promise<void>
}

/** A node that answers, or why there is none. It ends with the test. */
export async function startOpenSearch (t: Test): Promise<OpenSearchNode | string> {
  let parts: string
  try {
    parts = await openSearchParts()
  } catch (error) {
    return `OpenSearch cannot be had on this machine: ${String((error as Error).message).split('\n', 1)[0]}`
  }
  const folder = await mkdtemp(join(tmpdir(), 'audit-opensearch-'))
  const [port, transportPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | null = null

  async function start (): Promise<void> {
    const output = openSync(join(folder, 'output'), 'a')
    const started = child = spawn('java', [
      '-Xms512m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${parts}:${parts}/*`,
      'Node', join(folder, 'data'), String(port), String(transportPort)
    ], { stdio: ['ignore', output, output] })
    const deadline = Date.now() + START_TAKES
    while (!await answers(url)) {
      if (started.exitCode !== null || started.signalCode !== null || Date.now() > deadline) throw new Error(`OpenSearch does not start: ${readFileSync(join(folder, 'output'), 'utf8').slice(-500)}`)
      await delay(250)
    }
  }

  async function kill (): Promise<void> {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  t.teardown(async () => {
    await kill()
    await rm(folder, { recursive: true, force: true })
  })
  try {
    await start()
  } catch (error) {
    return `OpenSearch cannot be had on this machine: ${(error as Error).message}`
  }
  return { url, kill, start }
}

/** The folder with the jars and the compiled Node.java. */
export async function openSearchParts (): Promise<string> {
  const version = createHash('sha256').update(readFileSync(join(PARTS, 'pom.xml'))).update(readFileSync(join(PARTS, 'Node.java'))).digest('hex').slice(0, 12)
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fastify-audit-services')
  const folder = join(cache, `opensearch-${version}`)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  const fresh = await mkdtemp(join(cache, 'new-'))
  try {
    await run('mvn', ['-q', '-B', '-f', join(PARTS, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${fresh}`], { timeout: MAVEN_TAKES })
    await run('javac', ['-cp', `${fresh}/*`, '-d', fresh, join(PARTS, 'Node.java')], { timeout: 60_000 })
    // Another test may have been as fast.
    await rename(fresh, folder).catch(() => {})
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return folder
}

async function answers (url: string): Promise<boolean> {
  return await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`).then(async answer => {
    await answer.text()
    return answer.ok
  }, () => false)
}
