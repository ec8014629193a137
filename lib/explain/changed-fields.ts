// Which fields differ between what was said and what a layout was handed. Called by ../explain.ts.
import type { AuditRecord } from '../contracts.js'
import { MAX_DEPTH } from '../layouts/value.js'
import { hashValue } from '../trail/fields/hash.js'
import type { ExplainedAppender } from './explanation.js'

/** @param key of the hashes; null when the settings have none */
export function changedFields (before: AuditRecord, after: AuditRecord, key: string | null): Pick<ExplainedAppender, 'removed' | 'hashed' | 'changed'> {
  const removed: string[] = []
  const hashed: string[] = []
  const changed: string[] = []
  const left = leavesOf(after)
  for (const [path, values] of leavesOf(before)) {
    const hashes = key === null ? null : JSON.stringify(values.map(value => hashValue(String(value), key)))
    const now = JSON.stringify(left.get(path))
    // An index refuses a hash as an address, so that it stands beside it.
    const isHash = hashes !== null && [path, path.replace(/\.ip$/, '.address')].some(place => JSON.stringify(left.get(place)) === hashes)
    if (isHash) hashed.push(path)
    else if (now === undefined) removed.push(path)
    else if (now !== JSON.stringify(values)) changed.push(path)
  }
  return { removed, hashed, changed }
}

/** The values of a record by their paths; those of a list share one. */
function leavesOf (record: object): Map<string, unknown[]> {
  const leaves = new Map<string, unknown[]>()
  visit(record, '', 0)
  return leaves

  function visit (value: unknown, path: string, depth: number): void {
    if (value === undefined) return
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) leaves.set(path, [...leaves.get(path) ?? [], value])
    else if (Array.isArray(value)) for (const item of value) visit(item, path, depth + 1)
    else for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`, depth + 1)
  }
}
