// A schema without what it says of settings that are not written: compiling a schema takes time and
// memory for each of them, and the start of every application would pay for it. Called by validate.ts.
import type { JsonSchema } from './json-schema.js'
import { isMapNode, type SettingNode } from './setting-tree.js'

/** What is not written, and need not be, is right whatever it would have to be. */
const ANYTHING: JsonSchema = {}

/**
 * The schema, as far as it says something of the settings in `nodes`: it accepts and refuses the
 * same, for the same reasons. Names of settings and types stay, because errors list them.
 *
 * @param nodes all that stands where the schema applies: several for the items of a list
 */
export function narrowSchema (schema: JsonSchema, ...nodes: readonly SettingNode[]): JsonSchema {
  const { properties, required = [], items, additionalProperties, oneOf, discriminator } = schema
  const maps = nodes.filter(isMapNode)
  const at = (key: string): SettingNode[] => maps.flatMap(({ content }) => content.get(key) ?? [])
  const others = (): SettingNode[] => maps.flatMap(({ content }) => [...content].flatMap(([key, node]) => Object.hasOwn(properties ?? {}, key) ? [] : node))
  return {
    ...schema,
    ...properties !== undefined && { properties: Object.fromEntries(Object.entries(properties).map(([key, property]) => [key, required.includes(key) && at(key).length === 0 ? property : ifWritten(property, at(key))])) },
    ...typeof additionalProperties === 'object' && { additionalProperties: ifWritten(additionalProperties, others()) },
    ...items !== undefined && { items: ifWritten(items, nodes.flatMap(({ content }) => Array.isArray(content) ? content : [])) },
    ...oneOf !== undefined && discriminator !== undefined && { oneOf: oneOf.map(branch => narrowBranch(branch, discriminator.propertyName, maps)) }
  }
}

function ifWritten (schema: JsonSchema, nodes: readonly SettingNode[]): JsonSchema {
  return nodes.length === 0 ? ANYTHING : narrowSchema(schema, ...nodes)
}

/** Of a branch that nobody has chosen, only what it is chosen by. */
function narrowBranch (branch: JsonSchema, tag: string, maps: readonly (SettingNode & { readonly content: ReadonlyMap<string, SettingNode> })[]): JsonSchema {
  const chosenBy = branch.properties?.[tag]
  if (chosenBy?.const === undefined) return branch
  const chosen = maps.filter(({ content }) => {
    const node = content.get(tag)
    return node !== undefined && 'value' in node.content && node.content.value === chosenBy.const
  })
  return chosen.length === 0 ? { properties: { [tag]: chosenBy }, required: [tag] } : narrowSchema(branch, ...chosen)
}
