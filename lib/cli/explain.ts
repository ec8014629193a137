// `fastify-audit explain event.json --config audit.yml`: what becomes of an event, and why. Called by run.ts.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { AuditEvent } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import { explain } from '../explain.js'
import { messageOf } from '../layouts/plain.js'
import { Misuse, oneArgument } from './arguments.js'
import { explanationText } from './explanation-text.js'
import { readInput } from './input.js'
import type { ExitCode, Terminal } from './terminal.js'

/**
 * Prints an explanation for each event of the input. That an event is dropped is no fault: the status is 0.
 *
 * @throws {AUDIT_ERR_OPTION} (as a rejection) the input cannot be read, or is no event; and the faults of settings, as at start
 */
export async function explainCommand (args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { positionals, values: { config, json } } = parseArgs({ args: [...args], allowPositionals: true, options: { config: { type: 'string' }, json: { type: 'boolean' } } })
  const file = oneArgument(positionals, 'file')
  if (config === undefined) throw new Misuse('expected --config')
  const text = file === '-' ? await readInput(terminal) : readText(file)
  for (const event of eventsOf(text, file === '-' ? 'standard input' : file)) {
    const explanation = await explain(event, config)
    terminal.stdout.write(json === true ? `${JSON.stringify(explanation)}\n` : explanationText(explanation))
  }
  return 0
}

function readText (file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new AUDIT_ERR_OPTION(`explain: expected a file that can be read, got ${JSON.stringify(file)}: ${messageOf(cause)}`, { cause })
  }
}

/** One event, over as many lines as it likes, or one in each line. Nothing of what came is quoted: it may be secret. */
function eventsOf (text: string, name: string): AuditEvent[] {
  const whole = parsed(text)
  if (whole !== undefined) return [whole]
  const lines = text.split('\n').map((line, index) => ({ line, place: `${name}:${index + 1}` })).filter(({ line }) => line.trim() !== '')
  if (lines.length === 0) throw new AUDIT_ERR_OPTION(`explain: expected an event as JSON, got nothing: ${name} is empty`)
  return lines.map(({ line, place }) => {
    const event = parsed(line)
    if (event === undefined) throw new AUDIT_ERR_OPTION(`explain: ${place} expected an event as JSON, got something else`)
    return event
  })
}

function parsed (text: string): AuditEvent | undefined {
  try {
    return JSON.parse(text) as AuditEvent
  } catch {
    return undefined
  }
}
