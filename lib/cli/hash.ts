// `fastify-audit hash ann --key-file key`: what stands in the log for a value of which only the
// keyed hash is recorded, so that a person can be looked up. Called by run.ts.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { AUDIT_ERR_CONFIG } from '../errors.js'
import { messageOf } from '../layouts/plain.js'
import { hashValue, keyFault } from '../trail/fields/hash.js'
import { Misuse, oneArgument } from './arguments.js'
import { readInput } from './input.js'
import type { ExitCode, Terminal } from './terminal.js'

/**
 * Prints the hash. A key is never an argument: those of a process can be read by everybody.
 *
 * @throws {AUDIT_ERR_CONFIG} (as a rejection) the key cannot be read, or is too short
 */
export async function hash (args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options: { 'key-file': { type: 'string' } } })
  const value = oneArgument(positionals, 'value')
  if (values['key-file'] === undefined) throw new Misuse('expected --key-file')
  const key = readKey(values['key-file'])
  // `echo ann | …` ends the line; the name does not end with it.
  const text = value === '-' ? (await readInput(terminal)).replace(/\r?\n$/, '') : value
  terminal.stdout.write(`${hashValue(text, key)}\n`)
  return 0
}

function readKey (file: string): string {
  let key: string
  try {
    key = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new AUDIT_ERR_CONFIG(`--key-file: expected a file that can be read, got ${messageOf(cause)}`, { cause })
  }
  const fault = keyFault(key)
  if (fault !== null) throw new AUDIT_ERR_CONFIG(`--key-file: ${fault}`)
  return key
}
