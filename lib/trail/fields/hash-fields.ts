// What `fields.hash` makes of a record: hashes in the places of what stood there. Called by
// compile.ts with the rules that match.
import { NOT_PLAIN } from '../../layouts/quote.js'
import { isPlainObject, MAX_DEPTH } from '../../layouts/value.js'
import { type CompiledRule, type Field, SIDES } from './field-rule.js'
import { hashValue } from './hash.js'
import { assertPlain, changeAt, compilePath, type Path } from './path.js'

/** So much is remembered of each kind; then the memory starts anew. */
const MAX_REMEMBERED = 1024
/** Longer texts are not worth remembering. UTF-16 units. */
const MAX_LENGTH = 256

/** What the rules that match come to: each field once, since several rules may name one, or what is around it. */
export interface Hashing {
  readonly rules: readonly Pick<CompiledRule, 'fields' | 'note'>[]
  readonly sides: readonly Path[]
}

/** Remembers what it comes to when these rules match, and no others. */
export function createHashings (all: readonly CompiledRule[]): (matching: readonly CompiledRule[]) => Hashing {
  const known = new Map<string, Hashing>()
  return (matching) => {
    const which = matching.map(rule => all.indexOf(rule)).join()
    let hashing = known.get(which)
    if (hashing !== undefined) return hashing
    // Which rules match is up to whoever causes the events: there may be as many sets of them as anybody likes.
    if (known.size >= MAX_REMEMBERED) known.clear()
    known.set(which, hashing = hashingBy(matching))
    return hashing
  }
}

function hashingBy (rules: readonly CompiledRule[]): Hashing {
  const all = rules.flatMap(({ fields }) => fields)
  const isFirst = (field: Field): boolean => all.find(({ name }) => name === field.name) === field && !all.some(({ name }) => field.name.startsWith(name + '.'))
  return {
    rules: rules.map(({ fields, note }) => ({ fields: fields.filter(isFirst), note })),
    sides: SIDES.filter(side => all.some(({ name }) => name === side || name === `${side}.ip`)).map(compilePath)
  }
}

/** Puts hashes in the places of fields. */
export function hashAllOf ({ rules, sides }: Hashing, record: object, hashText: (text: string) => string): object {
  let changed = record
  for (const { fields, note } of rules) {
    const before = changed
    for (const { path } of fields) changed = changeAt(changed, path, value => hashAll(value, hashText, 0))
    if (changed !== before) note()
  }
  for (const side of sides) changed = changeAt(changed, side, addressForIp)
  return changed
}

/** An index refuses a hash as an address. */
function addressForIp (side: unknown): unknown {
  if (!isPlainObject(side) || (side as { ip?: unknown }).ip === undefined) return side
  const { ip, address = ip } = side as { ip: unknown, address?: unknown }
  return { ...side, ip: undefined, address }
}

/** Hashes every text and number within a value. @throws {NOT_PLAIN} something writes itself */
function hashAll (value: unknown, hash: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return hash(value)
  if (typeof value === 'number') return hash(String(value))
  if (typeof value === 'boolean' || value === null || value === undefined) return value
  if (typeof value !== 'object' || depth > MAX_DEPTH) throw NOT_PLAIN
  if (Array.isArray(value)) return value.map((item: unknown) => hashAll(item, hash, depth + 1))
  assertPlain(value)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hashAll(item, hash, depth + 1)]))
}

/** Users and addresses recur: their hashes are remembered. */
export function createHashMemory (key: string): (text: string) => string {
  const memory = new Map<string, string>()
  return (text) => {
    const known = memory.get(text)
    if (known !== undefined) return known
    const hash = hashValue(text, key)
    if (text.length > MAX_LENGTH) return hash
    if (memory.size >= MAX_REMEMBERED) memory.clear()
    memory.set(text, hash)
    return hash
  }
}
