// What the application's own log would be told at start, for who sits at a terminal. Used by the commands.
import type { OperationalLog } from '../contracts.js'
import type { Terminal } from './terminal.js'

/** A log whose warnings go to standard error, a line each. */
export function warningsTo ({ stderr }: Pick<Terminal, 'stderr'>): OperationalLog {
  const warn = (_: object, message: string): void => { stderr.write(`warning: ${message.replace(/^fastify-audit: /, '')}\n`) }
  return { info () {}, warn, error: warn }
}
