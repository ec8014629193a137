// A setting with a value for each of several kinds may be one word that stands for all of them:
// `on_failure: block`. Its schema names the words under `shorthand`. Called by read.ts, before
// the validation, which then sees the long form only.
import type { JsonSchema } from './json-schema.js'
import { isMapNode, type SettingNode } from './setting-tree.js'

/** Writes shorthands out in the tree. What is no such word is left for the validation to refuse. */
export function expandShorthands (tree: SettingNode, schema: object): void {
  const { properties = {} } = schema as JsonSchema
  if (!isMapNode(tree)) return
  for (const [key, { shorthand, properties: parts = {} }] of Object.entries(properties)) {
    const node = tree.content.get(key)
    if (shorthand === undefined || node === undefined || !('value' in node.content) || !shorthand.includes(node.content.value)) continue
    tree.content.set(key, { ...node, content: new Map(Object.keys(parts).map((part) => [part, node])) })
  }
}
