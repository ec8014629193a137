// Short forms, written out in the tree, so that the validation sees the long ones only. Called by
// read.ts. One word for each of several kinds, `on_failure: block`: the schema names the words
// under `shorthand`. A text for an object with a list of it, `exclude: [user.email]`: the schema
// names the list under `textFor`. A module for the type of an appender, `type: ./mine.js`: short for `custom`.
import { isShortForCustom } from '../appenders/custom.js'
import type { JsonSchema } from './json-schema.js'
import type { SettingNode } from './setting-tree.js'

/** Writes shorthands out in the tree, wherever they stand. What is no such word is left for the validation to refuse. */
export function expandShorthands (tree: SettingNode, schema: object): void {
  const { properties = {}, additionalProperties, items, oneOf = [] } = schema as JsonSchema
  const { content } = tree
  if (!(content instanceof Map)) {
    if (Array.isArray(content) && items !== undefined) expandEach((content as SettingNode[]).entries(), () => [items], (index, item) => { (content as SettingNode[])[index] = item })
    return
  }
  if (oneOf.some(branch => branch.properties?.type?.const === 'custom')) expandCustom(content)
  const others = typeof additionalProperties === 'object' ? [additionalProperties] : []
  const schemasOf = (key: string): readonly JsonSchema[] => {
    const known = [properties, ...oneOf.map(branch => branch.properties ?? {})].flatMap(names => Object.hasOwn(names, key) ? [names[key]!] : [])
    return known.length === 0 ? others : known
  }
  expandEach(content.entries(), schemasOf, (key, node) => { content.set(key, node) })
}

/** Writes out children of a node, and what is in them; `schemasOf` gives what a child may be. */
function expandEach<K> (children: Iterable<[K, SettingNode]>, schemasOf: (key: K) => readonly JsonSchema[], replace: (key: K, node: SettingNode) => void): void {
  for (const [key, child] of children) {
    for (const schema of schemasOf(key)) {
      const content = writtenOut(child, schema)
      if (content === null) expandShorthands(child, schema)
      else replace(key, { ...child, content })
    }
  }
}

/** The long form of a scalar, or null. */
function writtenOut (node: SettingNode, { shorthand, textFor, properties = {} }: JsonSchema): SettingNode['content'] | null {
  if (!('value' in node.content)) return null
  if (shorthand?.includes(node.content.value) === true) return new Map(Object.keys(properties).map(key => [key, node]))
  if (textFor !== undefined && typeof node.content.value === 'string') return new Map([[textFor, { ...node, content: [node] }]])
  return null
}

function expandCustom (appender: Map<string, SettingNode>): void {
  const type = appender.get('type')
  if (type === undefined || !('value' in type.content) || !isShortForCustom(type.content.value) || appender.has('from')) return
  appender.set('from', type)
  appender.set('type', { ...type, content: { value: 'custom', whole: false, faults: [] } })
}
