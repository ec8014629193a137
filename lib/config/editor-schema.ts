// The JSON Schema that editors use to complete and check a yml: docs/audit.schema.json,
// which a test holds in step with this function. More lenient than what the start checks:
// keys may be dotted at any level, and a variable may stand for any value.
import type { JsonSchema } from './json-schema.js'
import { SECTION } from './read.js'
import { shareDefinitions } from './shared-definitions.js'

interface EditorSchema extends JsonSchema {
  readonly [keyword: string]: unknown
}

const ANY_DOTTED_KEY = { '\\.': {} }
const REFERENCE = { type: 'string', pattern: '\\$\\{[A-Za-z_]\\w*(:\\w+)?\\}', title: 'an environment variable, its name in braces after a dollar sign' }

/**
 * Wraps the schema of the section in one of a whole kibana.yml, whose other keys are left alone.
 *
 * JSON Schema draft 7, which is what editors assume of a schema without `$schema`.
 */
export function editorSchema (section: object): EditorSchema {
  const schema = section as JsonSchema
  const pointer = '#/definitions/audit'
  return shareDefinitions({
    $id: 'urn:fastify-audit:settings',
    title: 'The audit log of fastify-audit in a kibana-style yml',
    type: 'object',
    properties: { ...nested(SECTION, { $ref: pointer }), ...dotted(SECTION.join('.'), { schema, pointer }) },
    definitions: { audit: lenient(schema) }
  })
}

/** Every way to write the keys that lead to the section: `xpack: {security.audit: …}`. */
function nested (keys: readonly string[], innermost: EditorSchema): Record<string, EditorSchema> {
  return Object.fromEntries(keys.map((_, index) => {
    const rest = keys.slice(index + 1)
    const inner = rest.length === 0 ? innermost : { type: ['object', 'null'], properties: nested(rest, innermost) }
    return [keys.slice(0, index + 1).join('.'), inner]
  }))
}

/** A schema, and where its lenient form stands in the result. */
interface Located {
  readonly schema: JsonSchema
  readonly pointer: string
}

/** `xpack.security.audit.enabled` and so on: every key in full, for those who write no nested ones. */
function dotted (prefix: string, parent: Located): Record<string, EditorSchema> {
  const found: Record<string, EditorSchema> = {}
  for (const [key, variants] of propertiesOf(parent)) {
    const path = `${prefix}.${key}`
    const distinct = [...new Map<string, EditorSchema>(variants.map(({ schema, pointer }) => [JSON.stringify(schema), { $ref: pointer }])).values()]
    found[path] = distinct.length === 1 && distinct[0] !== undefined ? distinct[0] : { anyOf: distinct }
    for (const variant of variants) Object.assign(found, dotted(path, variant))
  }
  return found
}

/** The properties of an object and of all branches of its `oneOf`. */
function propertiesOf ({ schema, pointer }: Located): Map<string, Located[]> {
  const found = new Map<string, Located[]>()
  const short = shortForms(schema).length
  const own = short === 0 ? pointer : `${pointer}/anyOf/${short}`
  const branches = (schema.oneOf ?? []).map((branch, index) => ({ schema: branch, pointer: `${own}/anyOf/${index}` }))
  for (const branch of [{ schema, pointer: own }, ...branches]) {
    for (const [key, property] of Object.entries(branch.schema.properties ?? {})) {
      found.set(key, [...found.get(key) ?? [], { schema: property, pointer: `${branch.pointer}/properties/${key}` }])
    }
  }
  return found
}

function lenient (schema: JsonSchema): EditorSchema {
  // What is required may stand elsewhere, under a dotted key; so more than one branch may fit.
  const short = shortForms(schema)
  if (short.length > 0) {
    const { shorthand, textFor, title, description, default: fallback, ...object } = schema
    return { title, description, default: fallback, anyOf: [...short, lenient(object)] }
  }
  const { discriminator, required, properties, items, oneOf, additionalProperties, ...rest } = schema
  if (properties === undefined && items === undefined && oneOf === undefined && typeof additionalProperties !== 'object') return orReference(rest)
  return {
    ...rest,
    ...(oneOf !== undefined && { anyOf: oneOf.map(lenient) }),
    ...(items !== undefined && { items: lenient(items) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, property]) => [key, lenient(property)])),
      patternProperties: ANY_DOTTED_KEY
    }),
    ...(additionalProperties !== undefined && { additionalProperties: typeof additionalProperties === 'object' ? lenient(additionalProperties) : additionalProperties })
  }
}

/** What may stand for an object; see shorthand.ts. */
function shortForms ({ shorthand, textFor, properties = {} }: JsonSchema): EditorSchema[] {
  if (shorthand !== undefined) return [{ enum: shorthand }, REFERENCE]
  return textFor === undefined ? [] : [{ ...properties[textFor]?.items }]
}

/** A value or `${NAME}`; constants, by which an editor picks the branch of a `oneOf`, stay constants. */
function orReference (schema: JsonSchema): EditorSchema {
  const { title, description, default: fallback, ...constraints } = schema
  if (schema.const !== undefined || (schema.type === 'string' && schema.pattern === undefined)) return { ...schema }
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    anyOf: [{ ...constraints }, REFERENCE]
  }
}
