// What Kibana's `rewrite` appender does to a record: its policy `meta`, which updates or removes
// properties, as a pure function. The record and what it refers to are shared by the events of
// a request, so that only what lies on the way to a property is copied.
import type { AuditRecord } from '../../contracts.js'
import { AUDIT_ERR_OPTION } from '../../errors.js'

/** The policy, as Kibana's settings give it. */
export interface RewritePolicy {
  readonly type: 'meta'
  /** `update` changes properties that exist and adds none; `remove` takes them out. */
  readonly mode: 'update' | 'remove'
  /** `path` with dots: `user.name`. `value` goes with `update`. */
  readonly properties: readonly { readonly path: string, readonly value?: string | number | boolean | null }[]
}

/** What no record may lack or lie about: when, what, and by which version of ECS it reads. */
const REQUIRED = ['@timestamp', 'event.action', 'ecs.version']

/** What is wrong with a path of a policy, or null. */
export function rewritePathFault (path: string): string | null {
  const names = path.split('.')
  if (names.includes('')) return `expected a path such as "user.name", got ${JSON.stringify(path)}`
  if (names.includes('__proto__')) return `expected the path of a field, got ${JSON.stringify(path)}`
  const required = REQUIRED.find(field => field === path || field.startsWith(path + '.') || path.startsWith(field + '.'))
  return required === undefined ? null : `expected a field that a record can be without, got ${JSON.stringify(path)}: every record has ${required}`
}

/**
 * Compiles a policy. Its result gives the record itself when nothing in it is concerned, else a copy; a
 * removed property is `undefined` there, which every layout leaves out. A copy is to be laid
 * out without the facts of its request: they still hold what was taken out.
 *
 * @throws {AUDIT_ERR_OPTION} a path is faulty, or a property of `update` has no value
 */
export function compileRewrite ({ mode, properties }: RewritePolicy): (record: AuditRecord) => AuditRecord {
  for (const [index, { path, value }] of properties.entries()) {
    const fault = rewritePathFault(path) ?? (mode === 'update' && value === undefined ? 'expected a value beside mode: update' : null)
    if (fault !== null) throw new AUDIT_ERR_OPTION(`policy.properties[${index}]: ${fault}`)
  }
  const changes = properties.map(({ path, value }) => ({ names: path.split('.'), value: mode === 'update' ? value : undefined }))
  return function rewrite (record) {
    let rewritten: object = record
    for (const { names, value } of changes) rewritten = withProperty(rewritten, names, value)
    return rewritten as AuditRecord
  }
}

/** A copy with another value at a path that exists, else the object itself. `{ 'a.b': 1 }` has the path `a.b` too, as Elasticsearch reads it. */
function withProperty (object: object, names: readonly string[], value: unknown): object {
  let copy = object
  for (let taken = 1; taken <= names.length; taken++) {
    const key = names.slice(0, taken).join('.')
    if (!Object.hasOwn(copy, key)) continue
    const old: unknown = (copy as Record<string, unknown>)[key]
    if (old === undefined) continue
    const next = taken === names.length ? value : changedInside(old, names.slice(taken), value)
    if (next !== old) copy = { ...copy, [key]: next }
  }
  return copy
}

function changedInside (old: unknown, names: readonly string[], value: unknown): unknown {
  if (typeof old !== 'object' || old === null) return old
  if (!Array.isArray(old)) return withProperty(old, names, value)
  const items = old.map((item: unknown) => changedInside(item, names, value))
  return items.some((item, index) => item !== old[index]) ? items : old
}
