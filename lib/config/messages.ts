// What an error says was expected and what came, in the words of somebody who edits a yml.
// Called by validate.ts. No value of an environment variable and nothing that stands under
// the name of a secret is ever part of a message.
import type { JsonSchema } from './json-schema.js'
import type { Path, Problem, SettingNode } from './setting-tree.js'
import { BEHIND_HOST } from './shown.js'

const SECRET_NAME = /pass(word|phrase|wd)|token|secret|authorization|credential|key/i
const LONGEST_SHOWN = 100

const TYPE_NAMES: Readonly<Record<string, string>> = {
  boolean: 'true or false', integer: 'a whole number', number: 'a number', string: 'a text', array: 'a list', object: 'an object', null: 'null'
}

/** `enabled` under `xpack.security.audit` → `xpack.security.audit.enabled`; list items as `[0]`. */
export function pathText (path: Path): string {
  return path.map((key, index) => typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${plainOrQuoted(key)}`).join('')
}

/** One line: where, the full key, what is wrong. */
export function problemLine ({ place, path, message }: Problem, section: Path): string {
  return `${place.text} ${pathText([...section, ...path])}: ${message}`
}

/** What a schema wants, in words: `a size such as "100mb"`. */
export function expectation (schema: JsonSchema | undefined): string {
  if (schema === undefined) return 'a value'
  const branches = tagValues(schema)
  if (schema.enum !== undefined) return oneOfText(schema.enum)
  if (branches.length > 0) return `an object whose ${schema.discriminator?.propertyName ?? 'type'} is ${oneOfText(branches)}`
  if (schema.title !== undefined) return schema.title
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.minimum !== undefined || schema.maximum !== undefined) return numberText(schema)
  if (schema.pattern !== undefined) return `a text that matches ${schema.pattern}`
  const types = [schema.type ?? []].flat()
  return types.length === 0 ? 'another value' : types.map((type) => TYPE_NAMES[type] ?? type).join(' or ')
}

function numberText ({ type, minimum, maximum }: JsonSchema): string {
  const noun = type === 'integer' ? 'a whole number' : 'a number'
  if (minimum === undefined) return `${noun} of at most ${maximum}`
  return maximum === undefined ? `${noun} of at least ${minimum}` : `${noun} from ${minimum} to ${maximum}`
}

/** The values of the discriminator that the branches of a `oneOf` accept. */
export function tagValues ({ discriminator, oneOf = [] }: JsonSchema): unknown[] {
  if (discriminator === undefined) return []
  return oneOf.map((branch) => branch.properties?.[discriminator.propertyName]?.const)
}

export function oneOfText (values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value))
  return texts.length === 1 ? String(texts[0]) : `one of ${texts.join(', ')}`
}

/** What came, as it was written. */
export function actual (node: SettingNode | undefined, path: Path): string {
  if (node === undefined) return 'nothing'
  const { content } = node
  if (content instanceof Map) return content.size === 0 ? 'an empty object' : 'an object'
  if (!('value' in content)) return content.length === 0 ? 'an empty list' : 'a list'
  if (content.value === null) return 'nothing'
  if (path.some((key) => SECRET_NAME.test(String(key)))) return 'a value that is not shown here'
  const value = content.written ?? content.value
  return valueText(path.at(-1) === 'url' && typeof value === 'string' ? upToHost(value) : value)
}

/** What is no URL may be one all the same, without its scheme: who logs in, and the path, may be secret. */
const upToHost = (url: string): string => url.replace(/^(\w+:\/\/)?[^/?#]*@/, '$1').replace(BEHIND_HOST, '$1/…')

function valueText (value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return value.description ?? 'a symbol'
  return typeof value === 'object' ? 'an instance of a class' : String(value)
}

/** `; did you mean "enabled"?`, or nothing when no name is near. */
export function suggestion (name: unknown, known: readonly unknown[]): string {
  if (typeof name !== 'string') return ''
  const candidates = known.filter((candidate) => typeof candidate === 'string')
    .map((candidate) => ({ candidate, edits: editDistance(name.toLowerCase().slice(0, LONGEST_SHOWN), candidate.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits)
  const [nearest] = candidates
  return nearest !== undefined && nearest.edits <= Math.max(2, nearest.candidate.length / 3) ? `; did you mean "${nearest.candidate}"?` : ''
}

/** How many letters have to be put in, left out or changed (Levenshtein). */
function editDistance (from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [position, letter] of [...from].entries()) {
    const next = [position + 1]
    for (let index = 0; index < to.length; index++) {
      const changed = (row[index] ?? 0) + (letter === to[index] ? 0 : 1)
      next.push(Math.min(changed, (next[index] ?? 0) + 1, (row[index + 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

/** A key may be anything: only a harmless one is printed as it is, so that an error stays one line. */
function plainOrQuoted (key: string): string {
  return /^[\w$@/-]+$/.test(key) ? key : JSON.stringify(key)
}
