// Short forms, written out in the tree, so that the validation sees the long ones only. Called by
// read.ts. One word for each of several kinds, `on_failure: block`: the schema names the words
// under `shorthand`. A module for the type of an appender, `type: ./mine.js`: short for `custom`.
import { isShortForCustom } from '../appenders/custom.js'
import type { JsonSchema } from './json-schema.js'
import { isMapNode, type MapNode, type SettingNode } from './setting-tree.js'

/** Writes shorthands out in the tree, at any depth. What is no such word is left for the validation to refuse. */
export function expandShorthands (tree: SettingNode, schema: object): void {
  const { properties = {}, additionalProperties, oneOf = [] } = schema as JsonSchema
  if (!isMapNode(tree)) return
  if (oneOf.some(branch => branch.properties?.type?.const === 'custom')) expandCustom(tree)
  const known: Record<string, JsonSchema> = Object.assign({}, ...oneOf.map(branch => branch.properties), properties)
  for (const [key, node] of tree.content) {
    const own = Object.hasOwn(known, key) ? known[key] : additionalProperties
    if (typeof own !== 'object') continue
    if (own.shorthand === undefined || !('value' in node.content) || !own.shorthand.includes(node.content.value)) expandShorthands(node, own)
    else tree.content.set(key, { ...node, content: new Map(Object.keys(own.properties ?? {}).map((part) => [part, node])) })
  }
}

function expandCustom (appender: MapNode): void {
  const type = appender.content.get('type')
  if (type === undefined || !('value' in type.content) || !isShortForCustom(type.content.value) || appender.content.has('from')) return
  appender.content.set('from', type)
  appender.content.set('type', { ...type, content: { value: 'custom', whole: false, faults: [] } })
}
