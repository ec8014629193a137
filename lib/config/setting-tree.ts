// The settings as a tree in which every value knows where it was written. A source (yml.ts,
// object.ts) says what is written; here dotted and nested keys become one tree, and a
// setting that is given twice is found. Called by read.ts.
import type { Environment, Scalar } from './environment.js'
import { substitute } from './environment.js'

/** Where something stands. */
export interface Place {
  /** For people: `audit.yml:12:11`, or `config` for settings given in code. */
  readonly text: string
  /** Orders the errors of one source. */
  readonly offset: number
}

/** A fault of the settings, to be reported together with all others. */
export interface Problem {
  readonly place: Place
  readonly path: Path
  readonly message: string
}

export type Path = readonly (string | number)[]

/** What a source says. Entries are read only where they are wanted: what others' keys hold is never looked at. */
export type Written = { readonly place: Place } & (
  | { readonly entries: readonly WrittenEntry[] }
  | { readonly items: readonly (() => Written)[] }
  | { readonly scalar: unknown }
)

export interface WrittenEntry {
  /** As written, with its dots. */
  readonly key: string
  readonly place: Place
  readonly value: () => Written
  /** Given by a YAML merge key (`<<`): what is written out beside it wins. */
  readonly merged: boolean
}

export interface SettingNode {
  /** Where the value stands. */
  readonly place: Place
  /** Where its key stands. */
  readonly keyPlace: Place
  readonly content: Map<string, SettingNode> | readonly SettingNode[] | Scalar
}

type MapNode = SettingNode & { readonly content: Map<string, SettingNode> }

export interface BuiltTree {
  readonly tree: MapNode
  readonly problems: readonly Problem[]
}

/**
 * Gathers everything that stands under `section` into one tree; the rest of the source is
 * ignored. With an empty `section` the source is the section.
 */
export function buildTree (source: Written, section: readonly string[], environment: Environment): BuiltTree {
  const tree: MapNode = { place: source.place, keyPlace: source.place, content: new Map() }
  const problems: Problem[] = []
  const report = (place: Place, path: Path, message: string) => problems.push({ place, path: path.slice(section.length), message })

  addAround(tree, source, [], false)
  return { tree, problems }

  function addEntries (parent: MapNode, entries: readonly WrittenEntry[], path: Path, merged: boolean): void {
    const firstPlaces = new Map<string, Place>()
    for (const entry of entries) {
      const keys = [...path, ...splitKey(entry.key)]
      if (section.some((key, index) => index < keys.length && keys[index] !== key)) continue
      const first = firstPlaces.get(entry.key)
      if (keys.length < section.length) {
        addAround(parent, entry.value(), keys, merged || entry.merged)
      } else if (first !== undefined) {
        reportTwice(entry, keys, first)
      } else {
        firstPlaces.set(entry.key, entry.place)
        addEntry(parent, keys, Math.max(path.length, section.length), { ...entry, merged: merged || entry.merged })
      }
    }
  }

  function addEntry (parent: MapNode, keys: Path, depth: number, entry: WrittenEntry): void {
    if (depth === keys.length) {
      addAround(parent, entry.value(), keys, entry.merged)
      return
    }
    const key = String(keys[depth])
    const path = keys.slice(0, depth + 1)
    if (key === '__proto__') {
      report(entry.place, path, 'unknown key')
      return
    }
    const existing = parent.content.get(key)
    const last = depth + 1 === keys.length
    const value = last ? entry.value() : undefined
    if (existing !== undefined && (!isMapNode(existing) || (value !== undefined && !('entries' in value)))) {
      if (!entry.merged) reportTwice(entry, path, existing.keyPlace)
      return
    }
    if (value !== undefined && !('entries' in value)) {
      parent.content.set(key, build(value, entry.place, path))
      return
    }
    const child: MapNode = existing ?? { place: value?.place ?? entry.place, keyPlace: entry.place, content: new Map() }
    parent.content.set(key, child)
    if (value === undefined) addEntry(child, keys, depth + 1, entry)
    else addEntries(child, value.entries, path, entry.merged)
  }

  /** The section itself, or what it stands in: `xpack.security.audit:` with all its keys commented out is an empty section. */
  function addAround (parent: MapNode, value: Written, path: Path, merged: boolean): void {
    if ('entries' in value) addEntries(parent, value.entries, path, merged)
    else if ('items' in value || value.scalar !== null) report(value.place, path, 'expected the settings of the audit log, such as "enabled: true"')
  }

  function build (value: Written, keyPlace: Place, path: Path): SettingNode {
    if ('entries' in value) {
      const node: MapNode = { place: value.place, keyPlace, content: new Map() }
      addEntries(node, value.entries, path, false)
      return node
    }
    if ('items' in value) {
      const items = value.items.map((read, index) => {
        const item = read()
        return build(item, item.place, [...path, index])
      })
      return { place: value.place, keyPlace, content: items }
    }
    const scalar = substitute(value.scalar, environment)
    for (const fault of scalar.faults) report(value.place, path, fault)
    return { place: value.place, keyPlace, content: scalar }
  }

  function reportTwice (entry: WrittenEntry, path: Path, first: Place): void {
    report(entry.place, path, `expected the setting once, got it twice: first at ${first.text}`)
  }
}

/** `a.b` → `a`, `b`. As in Kibana, a key in brackets is one key, dots and all: `[a.b]`. */
function splitKey (key: string): string[] {
  return key.startsWith('[') && key.endsWith(']') ? [key.slice(1, -1)] : key.split('.')
}

export function isMapNode (node: SettingNode): node is MapNode {
  return node.content instanceof Map
}

/** The values alone, as the validator wants them. */
export function toPlain (node: SettingNode): unknown {
  const { content } = node
  if (content instanceof Map) return Object.fromEntries([...content].map(([key, child]) => [key, toPlain(child)]))
  return Array.isArray(content) ? content.map(toPlain) : (content as Scalar).value
}

/** The node at a path, or none. */
export function findNode (root: SettingNode, path: Path): SettingNode | undefined {
  let node: SettingNode | undefined = root
  for (const key of path) {
    if (node === undefined) return undefined
    const { content }: SettingNode = node
    node = content instanceof Map ? content.get(String(key)) : Array.isArray(content) ? content[Number(key)] : undefined
  }
  return node
}

/** The place of the deepest part of a path that is written. */
export function nearestPlace (root: SettingNode, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const node = findNode(root, path.slice(0, length))
    if (node !== undefined) return length === path.length ? node.place : node.keyPlace
  }
  return root.place
}
