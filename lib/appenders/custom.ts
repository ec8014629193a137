// `type: custom`: an appender that somebody else has written, as a module that the settings
// name or as an object given in code. Made by `createAppender`.
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FromSchema } from '../config/from-schema.js'
import type { Appender, AppenderFactory, Surroundings, WriteFailure } from '../contracts.js'
import { AUDIT_ERR_APPENDER_OPEN, AUDIT_ERR_WRITE } from '../errors.js'
import { layoutSchema } from '../layouts/create.js'
import { messageOf } from '../layouts/plain.js'

/** `appender` with `type: custom`, or with a module's path in the place of that word. */
export const customSchema = {
  type: 'object',
  title: 'an appender of your own',
  description: 'Hands lines to an appender of your own. Its further settings are its own, and not checked.',
  properties: {
    type: { const: 'custom' },
    from: {
      title: 'a module such as "./my-appender.js", or in code an appender',
      description: 'The module whose default export makes the appender: a path, which starts from the working directory, or the name of a package.'
    },
    layout: layoutSchema
  },
  required: ['type', 'from'],
  additionalProperties: true
} as const

export type CustomConfig = FromSchema<typeof customSchema>

/** Whether a `type` is short for `type: custom` with this in `from`: a path, `@scope/name`, or what is no text at all. */
export function isShortForCustom (type: unknown): boolean {
  return typeof type === 'function' || (typeof type === 'string' && /^(?:\.{0,2}\/|@[\w.-]+\/)[^\0]/.test(type))
}

/** What is wrong with `from`, or null. */
export function fromFault (from: unknown): string | null {
  if (typeof from === 'function' || (typeof from === 'string' && from.trim() !== '')) return null
  return `expected ${customSchema.properties.from.title}, got ${from === '' ? 'an empty text' : from === null ? 'nothing' : `a value of type ${typeof from}`}`
}

/**
 * Makes the appender, and holds it to what the trail relies on: what it fails with is
 * `AUDIT_ERR_WRITE`, and `appendNow` does not throw.
 *
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) the module cannot be loaded, has no function as its default export, fails, or makes no appender
 */
export async function createCustomAppender (config: CustomConfig, surroundings: Surroundings): Promise<Appender> {
  const { from } = config
  const setting = surroundings.locate('appender', 'from')
  const what = typeof from === 'function' ? 'a function' : JSON.stringify(from)
  const refuse = (expected: string, cause?: unknown): Error =>
    new AUDIT_ERR_APPENDER_OPEN(`${setting}: expected ${expected}, got ${what}${cause === undefined ? '' : `: ${reasonOf(cause)}`}`, { cause })

  const create = typeof from === 'function' ? from : await loadDefault(String(from), surroundings.directory).catch((cause: unknown) => { throw refuse('a module that can be loaded', cause) })
  if (typeof create !== 'function') throw refuse('a module whose default export is a function createAppender(config, surroundings)')
  let made: Partial<Appender> | null
  try {
    made = await (create as AppenderFactory)(config as Readonly<Record<string, unknown>>, surroundings)
  } catch (cause) {
    throw refuse('an appender that can be opened', cause)
  }
  if (typeof made?.append !== 'function' || typeof made.close !== 'function') throw refuse('a function that returns an appender, with append() and close()')
  return guarded(made as Appender)
}

/** The default export of a module: as the application would import it from its own folder. */
export async function loadDefault (from: string, directory: string): Promise<unknown> {
  const isPath = /^(?:\.{0,2}\/|[A-Za-z]:[\\/])/.test(from)
  const loaded = await import(isPath ? pathToFileURL(resolve(directory, from)).href : addressOf(from, directory)) as { readonly default?: unknown }
  const { default: inner } = loaded
  // What was compiled to CommonJS has its default export one step further in.
  return typeof inner === 'object' && inner !== null && 'default' in inner ? inner.default : inner
}

function addressOf (name: string, directory: string): string {
  try {
    return pathToFileURL(createRequire(join(directory, 'settings.js')).resolve(name)).href
  } catch {
    // A package for `import` alone: found from here, beside this one.
    return name
  }
}

function guarded (appender: Appender): Appender {
  const { appendNow, reopen, shipping } = appender
  return {
    async append (batch) {
      try {
        await appender.append(batch)
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException | null)?.code?.startsWith('AUDIT_ERR_') === true) throw cause
        const error: WriteFailure = new AUDIT_ERR_WRITE(`the appender could not write: ${reasonOf(cause)}`, { cause })
        throw Object.assign(error, { linesWritten: (cause as WriteFailure | null)?.linesWritten })
      }
    },
    ...(appendNow !== undefined && {
      appendNow (batches) {
        try {
          return appendNow.call(appender, batches)
        } catch {
          return 0
        }
      }
    }),
    ...(reopen !== undefined && { reopen: async () => await reopen.call(appender) }),
    ...(shipping !== undefined && { shipping: () => shipping.call(appender) }),
    async close () { await appender.close() }
  }
}

/** Without the list of folders that Node has looked in. */
function reasonOf (cause: unknown): string {
  return messageOf(cause).split('\n', 1)[0]!
}
