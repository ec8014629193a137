// Short forms, written out in the tree, so that the validation sees the long ones only. Called by
// read.ts. One word for each of several kinds, `on_failure: block`: the schema names the words
// under `shorthand`. A module for the type of an appender, `type: ./mine.js`: short for `custom`.
import { isShortForCustom } from '../appenders/custom.js'
import type { JsonSchema } from './json-schema.js'
import { isMapNode, type SettingNode } from './setting-tree.js'

/** Writes shorthands out in the tree. What is no such word is left for the validation to refuse. */
export function expandShorthands (tree: SettingNode, schema: object): void {
  const { properties = {} } = schema as JsonSchema
  if (!isMapNode(tree)) return
  for (const [key, { shorthand, properties: parts = {}, oneOf = [] }] of Object.entries(properties)) {
    const node = tree.content.get(key)
    if (node === undefined) continue
    if (oneOf.some(branch => branch.properties?.type?.const === 'custom')) expandCustom(node)
    if (shorthand === undefined || !('value' in node.content) || !shorthand.includes(node.content.value)) continue
    tree.content.set(key, { ...node, content: new Map(Object.keys(parts).map((part) => [part, node])) })
  }
}

function expandCustom (appender: SettingNode): void {
  if (!isMapNode(appender)) return
  const type = appender.content.get('type')
  if (type === undefined || !('value' in type.content) || !isShortForCustom(type.content.value) || appender.content.has('from')) return
  appender.content.set('from', type)
  appender.content.set('type', { ...type, content: { value: 'custom', whole: false, faults: [] } })
}
