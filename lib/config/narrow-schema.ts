// A schema without what it says of settings that are not written: compiling a schema takes time and
// memory for each of them, and the start of every application would pay for it. Called by validate.ts.
import type { JsonSchema } from './json-schema.js'
import { isMapNode, type SettingNode } from './setting-tree.js'

/** What is not written, and need not be, is right whatever it would have to be. Its name stays: it is known. */
const ANYTHING: JsonSchema = {}

/** The schema, as far as it says something of the settings in `tree`: it accepts and refuses the same. */
export function narrowSchema (schema: JsonSchema, tree: SettingNode): JsonSchema {
  const { properties, required = [] } = schema
  if (properties === undefined || !isMapNode(tree)) return schema
  const narrowed = Object.entries(properties).map(([key, property]): [string, JsonSchema] => {
    const node = tree.content.get(key)
    if (node !== undefined) return [key, narrowSchema(property, node)]
    return [key, required.includes(key) ? property : ANYTHING]
  })
  return { ...schema, properties: Object.fromEntries(narrowed) }
}
