// `${NAME}` in a setting takes the value of an environment variable, `${NAME:default}` the
// default when it is not set, as in kibana.yml. Called by setting-tree.ts for every scalar of
// the section.

/** The environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** One value of the settings. */
export interface Scalar {
  readonly value: unknown
  /** The text with its `${NAME}`, for errors: what a variable holds may be a secret and is never printed. */
  readonly written?: string
  /** The whole text is one reference: it may stand for a number or a boolean. */
  readonly whole: boolean
  /** What is wrong with its references: a variable that is not set, a default that cannot be one. */
  readonly faults: readonly string[]
}

const REFERENCE = /\$\{([A-Za-z_]\w*)(?::(\w+))?\}/g
// What was meant as a reference, but has a default that Kibana would not take for one.
const UNFIT_DEFAULT = /\$\{([A-Za-z_]\w*):(?!\w+\})[^}]*\}/g
const ONLY_REFERENCE = new RegExp(`^${REFERENCE.source}$`)

/** Puts the variables in; a value that is not text or names none is left as it is. */
export function substitute (value: unknown, environment: Environment): Scalar {
  if (typeof value !== 'string') return { value, whole: false, faults: [] }
  // The default itself is not shown: it may be a secret, too.
  const faults = [...value.matchAll(UNFIT_DEFAULT)].map(([, name]) => `expected a default of letters, digits and underscores, got another one in \${${name}:…}`)
  if (faults.length === 0 && value.search(REFERENCE) === -1) return { value, whole: false, faults }
  const substituted = value.replace(REFERENCE, (reference: string, name: string, fallback: string | undefined) => {
    // An own property: `${toString}` must not find what every object has.
    const found = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (found === undefined && fallback === undefined) faults.push(`expected the environment variable ${name} to be set, got nothing for ${reference}`)
    return found ?? fallback ?? reference
  })
  return { value: substituted, written: value, whole: ONLY_REFERENCE.test(value), faults }
}

/** What a text stands for where the schema wants another type; the text itself when it does not look like one. */
export function coerce (text: string, type: unknown): unknown {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  return text
}
