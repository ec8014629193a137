// What Kibana's `rewrite` appender does to a record: its policy `meta`, which updates or removes
// properties, as a pure function. The record and what it refers to are shared by the events of
// a request: none of them is changed.
import type { AuditRecord } from '../../contracts.js'
import { AUDIT_ERR_OPTION } from '../../errors.js'
import type { Change } from './compile.js'
import { changeAt, compilePath, pathFault } from './path.js'

/** The policy, as Kibana's settings give it. */
export interface RewritePolicy {
  readonly type: 'meta'
  /** `update` changes properties that exist and adds none; `remove` takes them out. @default 'update' */
  readonly mode?: 'update' | 'remove'
  /** `path` with dots: `user.name`. `value` goes with `update`. */
  readonly properties: readonly { readonly path: string, readonly value?: string | number | boolean | null }[]
}

/** What is wrong with a policy, or null: a path that no record can do without, or no value for `update`. */
export function policyFault ({ mode = 'update', properties }: RewritePolicy): string | null {
  for (const [index, { path, value }] of properties.entries()) {
    const fault = pathFault(path) ?? (mode === 'update' && value === undefined ? 'expected a value beside mode: update, got none' : null)
    if (fault !== null) return `properties[${index}]: ${fault}`
  }
  return null
}

/**
 * Compiles a policy. Its result gives the record itself when nothing in it is concerned, else a copy; a
 * removed property is `undefined` there, which every layout leaves out. A copy is to be laid
 * out without the facts of its request that it no longer holds: what was taken out stands there.
 *
 * @throws {AUDIT_ERR_OPTION} a path is faulty, or a property of `update` has no value
 */
export function compileRewrite (policy: RewritePolicy): Change {
  const fault = policyFault(policy)
  if (fault !== null) throw new AUDIT_ERR_OPTION(`policy.${fault}`)
  const { mode = 'update', properties } = policy
  const changes = properties.map(({ path, value }) => ({ path: compilePath(path), value: mode === 'update' ? value : undefined }))
  return function rewrite (record) {
    let rewritten: object = record
    for (const { path, value } of changes) rewritten = changeAt(rewritten, path, () => value)
    return rewritten as AuditRecord
  }
}
