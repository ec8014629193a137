// A process that says events to several appenders (test/fixtures/says-to-several.js), for tests of
// what one of them may do to the others.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { AuditStatus } from '../../lib/contracts.js'
import type { Test } from './appender-contract.js'
import { spawnPlain } from './plain-node.js'

const CHILD = join(import.meta.dirname, '../fixtures/says-to-several.js')

export interface SeveralOptions {
  readonly section: object
  readonly notes: string
  readonly together?: number
  readonly pause?: number
}

/** The status of the process, and how many events it has said. */
export interface SeveralStatus extends AuditStatus { readonly said: number }

export interface SaysToSeveral {
  readonly child: ChildProcess
  /** What it has written to standard error, when it has ended. */
  readonly stderr: Promise<string>
  ask (what: 'status' | 'pause' | 'close'): Promise<SeveralStatus>
}

/** Starts it, and waits until it says events. Its standard output is read by nobody. */
export async function sayToSeveral (t: Test, options: SeveralOptions): Promise<SaysToSeveral> {
  const child = spawnPlain([CHILD, JSON.stringify(options)], ['ignore', 'pipe', 'pipe', 'ipc'])
  t.teardown(() => { child.kill('SIGKILL') })
  const stderr = text(child.stderr!)
  const isStarted = await Promise.race([once(child, 'message').then(() => true), once(child, 'close').then(() => false)])
  if (!isStarted) throw new Error(`it did not start: ${await stderr}`)
  return {
    child,
    stderr,
    async ask (what) {
      child.send(what)
      const [status] = await once(child, 'message') as [SeveralStatus]
      return status
    }
  }
}

/** The numbers of the events in some text; half a line is none. */
export function numbersOf (lines: string): number[] {
  return lines.split('\n').flatMap(line => {
    try {
      const { event, labels } = JSON.parse(line)
      return event.action === 'numbered' ? [labels.number as number] : []
    } catch {
      return []
    }
  })
}

/** The numbers of the events in a log, rolled files included, the oldest first. */
export function numbersIn (file: string): number[] {
  const folder = dirname(file)
  const stem = file.slice(folder.length + 1, -'.log'.length)
  const rolled = readdirSync(folder).map(name => name.startsWith(`${stem}-`) ? Number(/-(\d+)\.log$/.exec(name)?.[1]) : 0).filter(Boolean).sort((a, b) => b - a)
  return [...rolled.map(number => join(folder, `${stem}-${number}.log`)), file].filter(existsSync).flatMap(path => numbersOf(readFileSync(path, 'utf8')))
}

/** The numbers that were acknowledged; the last note may be cut off. */
export function acknowledgedIn (notes: string): number[] {
  const told = readFileSync(notes, 'utf8')
  return told.slice(0, told.lastIndexOf('\n') + 1).split('\n').slice(0, -1).map(Number)
}

/** `accepted = written + ignored + lost + queued`, and it was as many as were said. */
export function adds (t: Test, { said, accepted, written, ignored, lost, queued }: SeveralStatus): void {
  t.equal(accepted, written + ignored + lost + queued, `${accepted} = ${written} + ${ignored} + ${lost} + ${queued}`)
  t.ok(accepted >= said, `${said} had been said`)
}
