// What a write changes of an object, field by field, as `kibana.diff`: a JSON Patch (RFC 6902)
// with the old values, in the format that Kibana calls `json_patch_extended`. Secrets are hidden,
// large values are marked. Called by before-write.ts for each object, as its event is made.
import type { AttributeChange, DiffOperation, SavedObjectDiff } from '../contracts.js'
import { attributeFields, type Leaf, leavesOf } from './leaves.js'
import { isObject } from './object-reference.js'

/** What stands in the place of a value that is larger than `fieldSizeLimit`; as in Kibana. */
export const TOO_LARGE = 'Value above fieldSizeLimit'

/** What stands in the place of a secret. */
const REDACTED = '[redacted]'

/** So many fields that change are told of an object, and so many that do not. */
const MAX_TOLD = 1000

/** What finds secrets, by their names and in texts. */
export interface Redacts {
  isSecret (name: string): boolean
  text (text: string): string
}

export interface DifferenceParts {
  /** How large a value may be as JSON, in bytes. */
  readonly maxBytes: number
  readonly redaction: Redacts
  /** Paths of further secrets, from the top, with dots: `config.uri`. */
  readonly secretPaths: readonly string[]
}

/** A difference, and how many fields there was no room for in it. */
export interface Difference {
  readonly diff: SavedObjectDiff
  readonly leftOut: number
}

/** Makes the function that compares. */
export function createDifference ({ maxBytes, redaction, secretPaths }: DifferenceParts): (change: AttributeChange, before: unknown) => Difference | undefined {
  const paths = new Set(secretPaths.map((path) => path.toLowerCase()))
  const isSecret = (names: readonly string[]): boolean => names.some((name, index) => redaction.isSecret(name) || (paths.size > 0 && paths.has(names.slice(0, index + 1).join('.').toLowerCase())))

  /**
   * @param before the attributes as they are; null: there is no such object; `undefined`: that is not known
   * @returns none where nothing is known: of an object that is deleted unread
   */
  return function difference (change, before) {
    const given = attributeFields(change.attributes)
    if (before === undefined) return change.attributes === undefined ? undefined : told([...leavesOf(given)].map(([path, leaf]) => ({ op: 'replace', path, value: shown(leaf) })), [])
    const was = attributeFields(before)
    const old = leavesOf(was)
    const next = leavesOf(change.isPartial === true ? { ...was, ...given } : given)
    const ops: DiffOperation[] = []
    const same: string[] = []
    for (const path of new Set([...old.keys(), ...next.keys()])) {
      const [from, to] = [old.get(path), next.get(path)]
      if (from?.json === to?.json) same.push(path)
      else if (from === undefined) ops.push({ op: 'add', path, value: shown(to!) })
      else if (to === undefined) ops.push({ op: 'remove', path, oldValue: shown(from) })
      else ops.push({ op: 'replace', path, value: shown(to), oldValue: shown(from) })
    }
    return told(ops, same)
  }

  function told (ops: readonly DiffOperation[], same: readonly string[]): Difference {
    const leftOut = Math.max(0, ops.length - MAX_TOLD) + Math.max(0, same.length - MAX_TOLD)
    return { diff: { format: 'json_patch_extended', ops: ops.slice(0, MAX_TOLD), noOps: same.slice(0, MAX_TOLD).map((path) => ({ path })) }, leftOut }
  }

  function shown ({ names, value, json }: Leaf): unknown {
    if (isSecret(names)) return REDACTED
    return Buffer.byteLength(json) > maxBytes ? TOO_LARGE : withoutSecrets(value, names)
  }

  function withoutSecrets (value: unknown, names: readonly string[]): unknown {
    if (typeof value === 'string') return textWithoutSecrets(value, names)
    if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, names))
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => {
      const path = [...names, name]
      return [name, isSecret(path) ? REDACTED : withoutSecrets(one, path)]
    }))
  }

  /** Objects are often kept as JSON in a text: only what is secret in it is hidden. */
  function textWithoutSecrets (text: string, names: readonly string[]): string {
    if (/^\s*[{[]/.test(text)) {
      try {
        const value: unknown = JSON.parse(text)
        const hidden = JSON.stringify(withoutSecrets(value, names))
        return hidden === JSON.stringify(value) ? text : hidden
      } catch {
        // It only looks like JSON.
      }
    }
    return redaction.text(text)
  }
}
