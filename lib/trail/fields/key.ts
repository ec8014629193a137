// The key of the hashes, from the settings or from its file. Called by opening.ts, once, at start, and by who tells what it would do.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Surroundings } from '../../contracts.js'
import { AUDIT_ERR_CONFIG } from '../../errors.js'
import { messageOf } from '../../layouts/plain.js'
import { keyFault } from './hash.js'

/**
 * The key, or null when the settings have none. Warns of a file that others than its owner may read.
 *
 * @throws {AUDIT_ERR_CONFIG} the file cannot be read, or what is in it is too short
 */
export function readHashKey (settings: { readonly hash_key?: string, readonly hash_key_file?: string }, { directory, locate, log }: Pick<Surroundings, 'directory' | 'locate' | 'log'>): string | null {
  const { hash_key: key, hash_key_file: file } = settings
  if (file === undefined) return key ?? null
  const path = resolve(directory, file)
  const setting = locate('fields', 'hash_key_file')
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
    const { mode } = statSync(path)
    if ((mode & 0o077) !== 0) log.warn({}, `fastify-audit: ${setting}: others than its owner may read or write ${path}, whose mode is 0${(mode & 0o777).toString(8)}; 0400 is enough`)
  } catch (cause) {
    throw new AUDIT_ERR_CONFIG(`${setting}: expected a file that can be read, got ${messageOf(cause)}`, { cause })
  }
  const fault = keyFault(text)
  if (fault !== null) throw new AUDIT_ERR_CONFIG(`${setting}: ${fault}`)
  return text
}
