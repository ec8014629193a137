// Holds the settings against a schema with ajv and says everything that is wrong with them.
// Called by read.ts.
import type { ErrorObject } from 'ajv'
import { Ajv } from 'ajv'
import { coerce } from './environment.js'
import type { JsonSchema } from './json-schema.js'
import { actual, expectation, oneOfText, suggestion, tagValues } from './messages.js'
import { narrowSchema } from './narrow-schema.js'
import type { Path, Problem, SettingNode } from './setting-tree.js'
import { findNode, nearestPlace, toPlain } from './setting-tree.js'

/**
 * Returns the settings as plain values, and what is wrong with them.
 *
 * A value that came whole from an environment variable is text; where the schema wants a
 * number or a boolean it is made one.
 */
export function validate (tree: SettingNode, schema: object): { readonly value: unknown, readonly problems: Problem[] } {
  // strictRequired would refuse branches that name a key required that stands outside of them.
  const ajv = new Ajv({ allErrors: true, discriminator: true, strictRequired: false, strictTypes: false, verbose: true, logger: false })
  // Written out by then; see shorthand.ts.
  ajv.addKeyword('shorthand').addKeyword('textFor')
  const check = ajv.compile(narrowSchema(schema, tree))
  let value = toPlain(tree)
  if (!check(value) && coerceFromEnvironment(tree, check.errors ?? [])) {
    value = toPlain(tree)
    check(value)
  }
  const problems = problemsOf(tree, check.errors ?? [])
  const found = new Set(problems.map(({ path }) => JSON.stringify(path)))
  return { value, problems: [...problems, ...strangersIn(tree, [], []).filter(({ path }) => !found.has(JSON.stringify(path)))] }
}

/** What stands where a schema takes anything, as in the settings of an appender of one's own, and is no setting: an instance of a class, a circle. */
function strangersIn (tree: SettingNode, path: Path, found: Problem[]): Problem[] {
  const node = findNode(tree, path)!
  if ('value' in node.content) {
    if (typeof node.content.value === 'symbol') found.push(wrong(tree, path, 'a plain value'))
  } else {
    for (const key of node.content.keys()) strangersIn(tree, [...path, key], found)
  }
  return found
}

/** Stands in a check's path for every item of a list. */
export const EACH = Symbol('each')
/** Stands in a check's path for every key of an object. */
export const EACH_KEY = Symbol('each key')

/** What a part finds out about one of its settings after the schema has accepted that setting, such as a pattern that does not compile. */
export interface SettingCheck {
  /** The setting that is looked at, with `EACH` for the items of lists and `EACH_KEY` for the keys of objects: each of them is looked at by itself. */
  readonly path: readonly (string | typeof EACH | typeof EACH_KEY)[]
  /** Another setting that decides whether the first is right; `[]` for all of them. @default none */
  readonly beside?: Path
  /**
   * What is wrong, or null. `beside` is `undefined` when it is not written; `around` is the object or
   * list that the setting stands in, `path` leads to the one setting that is looked at.
   */
  readonly fault: (value: unknown, beside: unknown, around?: unknown, path?: Path) => string | null
}

/** Runs the checks of the settings that are there and in which, and beside which, nothing wrong has been found yet. */
export function runChecks (tree: SettingNode, checks: readonly SettingCheck[], found: readonly Problem[]): Problem[] {
  const isFaulty = (setting: Path) => found.some(({ path }) => setting.every((key, index) => path[index] === key))
  return checks.flatMap(({ path: pattern, beside, fault }) => pathsOf(tree, pattern).flatMap((path): Problem[] => {
    if (isFaulty(path) || (beside !== undefined && isFaulty(beside))) return []
    const node = findNode(tree, path)
    const other = beside && findNode(tree, beside)
    const around = findNode(tree, path.slice(0, -1))
    const message = node === undefined ? null : fault(toPlain(node), other && toPlain(other), around && toPlain(around), path)
    if (node === undefined || message === null) return []
    // The message may quote the value, which must not be shown when a variable brought it.
    const written = 'value' in node.content ? node.content.written : undefined
    const shown = written === undefined ? message : `expected a value that is accepted here, got another one from ${JSON.stringify(written)}`
    return [{ place: node.place, path, message: shown }]
  }))
}

/** The settings that a check's path stands for. */
function pathsOf (tree: SettingNode, pattern: SettingCheck['path']): Path[] {
  return pattern.reduce<Path[]>((paths, key) => paths.flatMap((path) => {
    if (typeof key === 'string') return [[...path, key]]
    const content = findNode(tree, path)?.content
    if (key === EACH_KEY) return content instanceof Map ? [...content.keys()].map(name => [...path, name]) : []
    return Array.isArray(content) ? content.map((_, index) => [...path, index]) : []
  }), [[]])
}

function coerceFromEnvironment (tree: SettingNode, errors: readonly ErrorObject[]): boolean {
  let coerced = false
  for (const error of errors) {
    const path = pathOf(tree, error)
    const node = findNode(tree, path)
    const parent = findNode(tree, path.slice(0, -1))
    if (node === undefined || parent === undefined || !('value' in node.content) || !node.content.whole) continue
    const types = [(error.parentSchema as JsonSchema).type ?? typeof (error.parentSchema as JsonSchema).const].flat()
    const [value] = types.map((type) => coerce(String(error.data), type)).filter((candidate) => candidate !== error.data)
    if (value === undefined) continue
    const replacement = { ...node, content: { ...node.content, value } }
    const key = path.at(-1) as string & number
    if (parent.content instanceof Map) parent.content.set(key, replacement)
    else (parent.content as SettingNode[])[key] = replacement
    coerced = true
  }
  return coerced
}

function problemsOf (tree: SettingNode, errors: readonly ErrorObject[]): Problem[] {
  // What each branch of an anyOf or oneOf misses is no help: the error of the whole says what was expected.
  const whole = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf').map(({ schemaPath }) => `${schemaPath}/`)
  const problems = new Map<string, Problem>()
  for (const error of errors) {
    if (error.keyword === 'if' || whole.some((schemaPath) => error.schemaPath.startsWith(schemaPath))) continue
    const problem = problemOf(tree, error)
    const place = findNode(tree, problem.path)
    // A faulty reference has been reported already, and what stands in its place is not a value.
    if (place !== undefined && 'value' in place.content && place.content.faults.length > 0) continue
    problems.set(JSON.stringify([problem.path, problem.message]), problem)
  }
  return [...problems.values()]
}

function problemOf (tree: SettingNode, error: ErrorObject): Problem {
  const path = pathOf(tree, error)
  const schema = error.parentSchema as JsonSchema
  switch (error.keyword) {
    case 'additionalProperties': return unknownKey(tree, [...path, String(error.params.additionalProperty)], schema)
    case 'required': return missing(tree, [...path, String(error.params.missingProperty)], schema)
    case 'discriminator': return wrongTag(tree, [...path, String(error.params.tag)], schema)
    case 'minItems': return wrong(tree, path, `a list of at least ${schema.minItems}`)
    case 'minProperties': return wrong(tree, path, schema.title ?? `at least ${schema.minProperties} of the keys ${Object.keys(schema.properties ?? {}).join(', ')}`)
    case 'uniqueItems': return wrong(tree, path, 'a list without repetitions', repeatedEntry(error.params))
    case 'minLength': return wrong(tree, path, schema.title ?? 'a text that is not empty')
    default: return wrong(tree, path, expectation(schema), undefined, schema.enum)
  }
}

function wrong (tree: SettingNode, path: Path, expected: string, came?: string, known: readonly unknown[] = []): Problem {
  const node = findNode(tree, path)
  const value = node !== undefined && 'value' in node.content ? node.content : undefined
  const hint = value?.written === undefined ? suggestion(value?.value, known) : ''
  return { place: nearestPlace(tree, path), path, message: `expected ${expected}, got ${came ?? actual(node, path)}${hint}` }
}

function unknownKey (tree: SettingNode, path: Path, { properties = {} }: JsonSchema): Problem {
  const known = Object.keys(properties)
  const { type } = properties
  const where = type?.const === undefined ? '' : ` for type ${JSON.stringify(type.const)}`
  const place = findNode(tree, path)?.keyPlace ?? nearestPlace(tree, path)
  return { place, path, message: `unknown key${where}, expected one of ${known.join(', ')}${suggestion(path.at(-1), known)}` }
}

function missing (tree: SettingNode, path: Path, schema: JsonSchema): Problem {
  const name = String(path.at(-1))
  if (schema.discriminator?.propertyName === name) return wrongTag(tree, path, schema)
  return wrong(tree, path, expectation(schema.properties?.[name]))
}

function repeatedEntry ({ i, j }: Record<string, unknown>): string {
  const [first, second] = [Number(i), Number(j)].sort((one, other) => one - other)
  return `entry ${first} again as entry ${second}`
}

function wrongTag (tree: SettingNode, path: Path, schema: JsonSchema): Problem {
  const accepted = tagValues(schema)
  return wrong(tree, path, oneOfText(accepted), undefined, accepted)
}

/** A JSON pointer says `0` for a key and for an item; the tree knows which it is. */
function pathOf (tree: SettingNode, { instancePath }: ErrorObject): Path {
  const path: (string | number)[] = []
  for (const token of instancePath.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(findNode(tree, path)?.content) ? Number(key) : key)
  }
  return path
}
