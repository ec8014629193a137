// `fastify-audit hash ann --config audit.yml`: what stands in the log for a value of which only
// the keyed hash is recorded, so that a person can be looked up. Called by run.ts.
import { parseArgs } from 'node:util'
import { readSettings } from '../config/read.js'
import { auditSchema, settingChecks } from '../config/schema.js'
import { AUDIT_ERR_CONFIG } from '../errors.js'
import { hashValue } from '../trail/fields/hash.js'
import { readHashKey } from '../trail/fields/key.js'
import { Misuse, oneArgument } from './arguments.js'
import { readInput } from './input.js'
import type { ExitCode, Terminal } from './terminal.js'
import { warningsTo } from './warnings.js'

/**
 * Prints the hash. A key is never an argument: those of a process can be read by everybody.
 *
 * @throws {AUDIT_ERR_CONFIG} (as a rejection) the key cannot be read, is too short, or the settings have none; and the other faults of settings, as at start
 */
export async function hash (args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options: { config: { type: 'string' }, 'key-file': { type: 'string' } } })
  const value = oneArgument(positionals, 'value')
  const { config, 'key-file': file } = values
  const log = warningsTo(terminal)
  let key: string
  if (config !== undefined && file === undefined) key = keyOfSettings(config, log)
  else if (file !== undefined && config === undefined) key = readHashKey({ hash_key_file: file }, { directory: process.cwd(), locate: () => '--key-file', log })!
  else throw new Misuse('expected either --config or --key-file')
  // `echo ann | …` ends the line; the name does not end with it.
  const text = value === '-' ? (await readInput(terminal)).replace(/\r?\n$/, '') : value
  terminal.stdout.write(`${hashValue(text, key)}\n`)
  return 0
}

function keyOfSettings (config: string, log: ReturnType<typeof warningsTo>): string {
  const { settings, locate } = readSettings(config, auditSchema, { checks: settingChecks })
  const key = readHashKey(settings.fields, { directory: process.cwd(), locate, log })
  if (key === null) throw new AUDIT_ERR_CONFIG(`${locate('fields')}: expected hash_key or hash_key_file, got neither`)
  return key
}
