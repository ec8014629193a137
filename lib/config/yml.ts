// Reads a kibana-style yml so that every key and value knows its line and column. Called by
// read.ts. Text of the file that is not ours may hold secrets (elasticsearch.password), so
// no error quotes the source, nor carries the YAML library's own error as its cause.
import type { Document, Node, Pair } from 'yaml'
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { AUDIT_ERR_CONFIG_SYNTAX } from '../errors.js'
import type { Place, Written, WrittenEntry } from './setting-tree.js'

/** How many aliases one section may follow: YAML makes gigabytes of a few lines otherwise. */
export const MAX_ALIASES = 100

/**
 * Reads the text of a yml.
 *
 * @param file the name that stands in front of each place
 * @throws {AUDIT_ERR_CONFIG_SYNTAX} the text is not YAML; also, when they are met while the
 *   result is read, an alias without an anchor and more than `MAX_ALIASES` aliases
 */
export function readYml (text: string, file: string): Written {
  const lines = new LineCounter()
  // Other parts' duplicate keys are not our business; setting-tree.ts finds those of our own section.
  const options = { lineCounter: lines, uniqueKeys: false, prettyErrors: false } as const
  const document: Document = parseDocument(text.replace(/^\uFEFF/, ''), options)
  let aliases = 0

  if (document.errors.length > 0) {
    throw new AUDIT_ERR_CONFIG_SYNTAX(document.errors.map(({ pos, code, message }) => `${placeAt(pos[0]).text} ${withoutSource(code, message)}`).join('\n'))
  }
  return written(document.contents, placeAt(0))

  function placeAt (offset: number): Place {
    const { line, col } = lines.linePos(offset)
    return { text: `${file}:${line}:${col}`, offset }
  }

  function written (value: unknown, fallback: Place): Written {
    const node = resolve(value as Node | null)
    const place = node?.range ? placeAt(node.range[0]) : fallback
    if (isMap(node)) return { place, entries: entriesOf(node.items) }
    if (isSeq(node)) return { place, items: node.items.map((item) => () => written(item, place)) }
    return { place, scalar: isScalar(node) ? node.value : null }
  }

  function entriesOf (pairs: readonly Pair[]): WrittenEntry[] {
    const own: WrittenEntry[] = []
    const merged: WrittenEntry[] = []
    for (const pair of pairs) {
      const keyNode = resolve(pair.key as Node | null)
      const place = placeAt((pair.key as Node | null)?.range?.[0] ?? 0)
      const sources = isMergeKey(keyNode) ? mergeSources(pair.value) : undefined
      if (sources !== undefined) merged.push(...sources)
      else own.push({ key: keyText(keyNode), place, value: () => written(pair.value, place), merged: false })
    }
    const taken = new Set(own.map((entry) => entry.key))
    // What is written out wins over what is merged in, an earlier source over a later one.
    return [...own, ...merged.filter(({ key }) => !taken.has(key) && taken.add(key))]
  }

  /** The entries that `<<: *anchor` or `<<: [*one, *two]` brings in, or none when it is something else. */
  function mergeSources (value: unknown): WrittenEntry[] | undefined {
    const node = resolve(value as Node | null)
    const maps = (isSeq(node) ? node.items : [node]).map((item) => resolve(item as Node | null))
    if (!maps.every((map) => isMap(map))) return undefined
    return maps.flatMap((map) => entriesOf(map.items)).map((entry) => ({ ...entry, merged: true }))
  }

  function resolve (node: Node | null): Node | null {
    if (!isAlias(node)) return node
    const { text: place } = placeAt(node.range?.[0] ?? 0)
    if (++aliases > MAX_ALIASES) throw new AUDIT_ERR_CONFIG_SYNTAX(`${place} expected at most ${MAX_ALIASES} aliases, got more`)
    const target = node.resolve(document)
    if (target === undefined) throw new AUDIT_ERR_CONFIG_SYNTAX(`${place} expected an anchor for the alias ${JSON.stringify(node.source)}, got none before it`)
    return target
  }
}

function isMergeKey (key: Node | null): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN'
}

function keyText (key: Node | null): string {
  if (!isScalar(key)) return key === null ? '' : '(a key that is no text)'
  return typeof key.value === 'string' ? key.value : key.source ?? String(key.value)
}

/** These messages end in a piece of the file. */
function withoutSource (code: string, message: string): string {
  if (code === 'BAD_DQ_ESCAPE') return 'Invalid escape sequence'
  return code === 'UNEXPECTED_TOKEN' ? message.replace(/: .*$/s, '') : message
}
