// Makes a JSON Schema short: what stands in it several times becomes a definition of its own, once.
// Used by editor-schema.ts, in whose tree every appender has the same settings of layouts and spools.
interface Schema {
  readonly [keyword: string]: unknown
}

/** Shorter than this, a reference is hardly shorter. Characters of JSON. */
const LEAST = 200

const MAPS = ['properties', 'patternProperties', 'definitions'] as const
const LISTS = ['anyOf', 'oneOf'] as const
const SINGLE = ['items', 'additionalProperties'] as const

/**
 * The same schema with its repeated parts under `definitions`, as `shared1`, `shared2` and so on in
 * the order in which they are met. References into what has moved follow it.
 */
export function shareDefinitions (schema: Schema): Schema {
  const counts = new Map<string, number>()
  count(schema)
  const names = new Map<string, string>()
  const shared: Record<string, Schema> = {}
  const root = rebuild(schema)
  const whole = { ...root, definitions: { ...root.definitions as Record<string, Schema>, ...shared } }
  return mapSchemas(whole, followed)

  function count (node: Schema): void {
    const text = JSON.stringify(node)
    const before = counts.get(text) ?? 0
    counts.set(text, before + 1)
    // What stands in a repeated part is repeated with it.
    if (before === 0) for (const child of childrenOf(node)) count(child)
  }

  function rebuild (node: Schema): Schema {
    return eachChild(node, (child) => {
      const text = JSON.stringify(child)
      if (text.length < LEAST || counts.get(text)! < 2) return rebuild(child)
      let name = names.get(text)
      if (name === undefined) {
        names.set(text, name = `shared${names.size + 1}`)
        shared[name] = rebuild(child)
      }
      return { $ref: `#/definitions/${name}` }
    })
  }

  /** A reference into the tree as it was, as one into the tree as it is. */
  function followed (node: Schema): Schema {
    const { $ref: pointer } = node
    if (typeof pointer !== 'string') return node
    let at: unknown = whole
    let steps: string[] = []
    for (const step of pointer.split('/').slice(1)) {
      at = (at as Schema)[step]
      steps.push(step)
      const moved = (at as Schema).$ref
      if (typeof moved !== 'string' || !moved.startsWith('#/definitions/shared')) continue
      steps = moved.split('/').slice(1)
      at = shared[steps[1]!]
    }
    return { ...node, $ref: `#/${steps.join('/')}` }
  }
}

function childrenOf (node: Schema): Schema[] {
  const children: Schema[] = []
  eachChild(node, (child) => { children.push(child); return child })
  return children
}

/** The node with `change` made to each schema that stands directly in it. */
function eachChild (node: Schema, change: (child: Schema) => Schema): Schema {
  const changed: Record<string, unknown> = { ...node }
  const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value)
  for (const key of MAPS) if (isSchema(node[key])) changed[key] = Object.fromEntries(Object.entries(node[key]).map(([name, child]) => [name, isSchema(child) ? change(child) : child]))
  for (const key of LISTS) if (Array.isArray(node[key])) changed[key] = (node[key] as Schema[]).map(change)
  for (const key of SINGLE) if (isSchema(node[key])) changed[key] = change(node[key])
  return changed
}

function mapSchemas (node: Schema, change: (node: Schema) => Schema): Schema {
  return change(eachChild(node, child => mapSchemas(child, change)))
}
