// `type: pino`: lines for a pino transport, in its worker thread: a copy for which nothing is
// promised. Made by `createAppender`; a transport and its thread are in pino-transport.ts.
import { setTimeout } from 'node:timers/promises'
import type { FromSchema } from '../config/from-schema.js'
import type { Appender, Batch, Surroundings } from '../contracts.js'
import { AUDIT_ERR_APPENDER_OPEN, AUDIT_ERR_CLOSED, AUDIT_ERR_WRITE } from '../errors.js'
import { layoutSchema } from '../layouts/create.js'
import { messageOf } from '../layouts/plain.js'
import { mayPass } from './passing-faults.js'
import { loadPeer } from './peer-package.js'
import { type Pino, startTransport, type Transport } from './pino-transport.js'

/** `appender` with `type: pino`. */
export const pinoSchema = {
  type: 'object',
  title: 'a pino transport',
  description: 'Hands lines to a pino transport, in a worker thread: a copy that is acknowledged before it is written.',
  properties: {
    type: { const: 'pino' },
    target: { type: 'string', minLength: 1, title: 'a pino transport such as "pino-roll"', description: 'The transport: the name of a package, "pino/file", or a path, which starts from the working directory.' },
    options: { type: 'object', description: 'What the transport is told; its own documentation says what it takes. Not checked here.', default: {} },
    layout: layoutSchema
  },
  required: ['type', 'target'],
  additionalProperties: false
} as const

export type PinoConfig = FromSchema<typeof pinoSchema>

/** How long the start waits for a transport to be ready. What takes longer is waited for like a write. Milliseconds. */
const START_PATIENCE = 3000

/** A transport that has not answered for so long hangs: a process that leaves does not wait for it. Milliseconds. */
const LEAVE_PATIENCE = 1000

/** How long what is under way has at the end. Milliseconds. */
const CLOSE_PATIENCE = 5000

/**
 * Starts the transport. A batch is acknowledged when the worker has taken it and, where the transport
 * says so, has flushed it, and has not failed for a moment: nobody knows that it is written. When a transport fails, its thread ends with what it had not written; the
 * next attempt starts another, with the whole batch: a line may be there twice, and one that was cut.
 *
 * @param load finds pino
 * @throws {AUDIT_ERR_PACKAGE} (as a rejection) pino is not installed
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) there is no such transport, or it fails at its start
 */
export async function createPinoAppender ({ target, options = {} }: PinoConfig, { directory, locate, mayOpenLater, now, log }: Surroundings, load: () => Promise<Pino> = loadPino): Promise<Appender> {
  const refuse = (expected: string, cause: unknown): Error =>
    new AUDIT_ERR_APPENDER_OPEN(`${locate('appender', 'target')}: expected ${expected}, got ${JSON.stringify(target)}: ${reasonOf(cause)}`, { cause })
  const pino = await loadPeer('pino', 'pino', load)
  // What it had taken before is not handed over again, and nobody else would tell.
  const lost = (err: Error): void => { if (underWay === 0 && !isClosed) log.error({ err, target }, 'fastify-audit: a pino transport has failed; what it had taken before may be lost') }
  const start = (): Transport => startTransport(pino, { target, options, directory, failed: lost })

  let transport: Transport | null = null
  let isClosed = false
  /** Lines of the append that is under way, and since when. */
  let underWay = 0
  let since = 0
  let lastAppend: Promise<unknown> = Promise.resolve()

  try {
    transport = start()
  } catch (cause) {
    throw refuse('a transport that can be found', cause)
  }
  try {
    await transport.ready(START_PATIENCE)
  } catch (cause) {
    transport = null
    if (!mayOpenLater || !mayPass(cause)) throw refuse('a transport that can be started', cause)
  }

  async function append ({ bytes, ends }: Batch): Promise<void> {
    underWay = ends.length
    since = now()
    try {
      transport ??= start()
      await transport.write(bytes)
    } catch (cause) {
      transport?.abandon()
      transport = null
      throw new AUDIT_ERR_WRITE(`the pino transport ${JSON.stringify(target)} cannot write: ${reasonOf(cause)}`, { cause })
    } finally {
      underWay = 0
    }
  }

  const hangs = (): boolean => underWay > 0 && now() - since > LEAVE_PATIENCE

  return {
    append (batch) {
      if (isClosed) return Promise.reject(new AUDIT_ERR_CLOSED())
      const appended = append(batch)
      lastAppend = appended
      return appended
    },
    appendNow (batches) {
      if (isClosed || transport === null || hangs()) return 0
      const lines = batches.reduce((sum, { ends }) => sum + ends.length, underWay)
      return lines > 0 && transport.writeNow(batches.map(({ bytes }) => bytes)) ? lines : 0
    },
    async close () {
      if (isClosed) return
      isClosed = true
      if (!hangs()) await Promise.race([Promise.allSettled([lastAppend]), setTimeout(CLOSE_PATIENCE, undefined, { ref: false })])
      if (underWay > 0) transport?.abandon()
      else await transport?.end()
    }
  }
}

async function loadPino (): Promise<Pino> {
  return (await import('pino')).default
}

/** Without the list of folders that Node has looked in. */
function reasonOf (cause: unknown): string {
  return messageOf(cause).split('\n', 1)[0]!
}
