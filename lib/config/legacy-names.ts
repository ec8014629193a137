// The names of Kibana 7.x within an appender: `kind` for `type`, `path` for `fileName`. They
// are accepted and renamed, so that an old section works as it is. Called by read.ts.
import type { Path, Problem, SettingNode } from './setting-tree.js'
import { findNode, isMapNode, toPlain } from './setting-tree.js'

const RENAMED: readonly { readonly within: Path, readonly from: string, readonly to: string }[] = [
  { within: ['appender'], from: 'kind', to: 'type' },
  { within: ['appender'], from: 'path', to: 'fileName' },
  { within: ['appender', 'layout'], from: 'kind', to: 'type' },
  { within: ['appender', 'policy'], from: 'kind', to: 'type' },
  { within: ['appender', 'strategy'], from: 'kind', to: 'type' }
]

/** An old name that was met: a warning rather than an error. */
export type Deprecation = Problem

/** Renames within the tree; `problems` holds the places where both names are given. */
export function renameLegacyKeys (tree: SettingNode): { readonly problems: Problem[], readonly deprecations: Deprecation[] } {
  const problems: Problem[] = []
  const deprecations: Deprecation[] = []
  for (const { within, from, to } of RENAMED) {
    const parent = findNode(tree, within)
    if (parent === undefined || !isMapNode(parent)) continue
    const old = parent.content.get(from)
    if (old === undefined || isOwnSetting(parent, from)) continue
    const path = [...within, from]
    parent.content.delete(from)
    if (parent.content.has(to)) {
      problems.push({ place: old.keyPlace, path, message: `expected either "${to}" or its old name "${from}", got both` })
    } else {
      parent.content.set(to, old)
      deprecations.push({ place: old.keyPlace, path, message: `"${from}" is the name of Kibana 7.x, write "${to}"` })
    }
  }
  return { problems, deprecations }
}

/** An appender of one's own may have a `path` that is not Kibana's. */
function isOwnSetting (parent: SettingNode, key: string): boolean {
  return key === 'path' && findNode(parent, ['type']) !== undefined && toPlain(findNode(parent, ['type'])!) === 'custom'
}
