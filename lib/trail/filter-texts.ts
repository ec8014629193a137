// The entries of `users` and `paths` in `ignore_filters`: literal text, `/pattern/` or
// `!/negated pattern/`. Called by filter.ts, once per rule. Patterns are RE2, which takes
// linear time whatever an attacker sends as a path or a name.
import { RE2JS } from 're2js'

/** Says whether a field's value is one that a rule lists. What is not text, or empty, never is. */
export type TextTest = (value: unknown) => boolean

interface Pattern {
  readonly expression: string
  readonly isNegated: boolean
}

/**
 * An entry is a pattern when it stands between two slashes, with `!` before the first one
 * for its negation: at least one character between them. Everything else is literal.
 */
function patternOf (entry: string): Pattern | null {
  const isNegated = entry.startsWith('!/')
  const start = isNegated ? 2 : 1
  if (!(isNegated || entry.startsWith('/')) || !entry.endsWith('/') || entry.length < start + 2) return null
  return { expression: entry.slice(start, -1), isNegated }
}

/**
 * What is wrong with an entry, or null. A path such as `/api/` could be meant as that path or
 * as the pattern `api`, which would match far more: it is refused rather than guessed at.
 */
export function textFault (entry: string, key: 'users' | 'paths'): { message: string, cause?: Error } | null {
  const pattern = patternOf(entry)
  if (pattern === null) return null
  if (key === 'paths' && !pattern.isNegated && !/[\\^$.*+?()[\]{}|]/.test(pattern.expression.replaceAll('.', ''))) {
    const escaped = entry.replaceAll('.', '\\.').replaceAll('/', '\\/')
    return { message: `expected a path or a pattern, got ${JSON.stringify(entry)}, which could be either: write "/^${escaped}$/" for this path, "/^${escaped}/" for all that begin with it, "/(${pattern.expression})/" for all that contain ${JSON.stringify(pattern.expression)}` }
  }
  try {
    RE2JS.compile(pattern.expression)
    return null
  } catch (error) {
    const cause = error as Error
    return { message: `expected a regular expression (RE2) between slashes such as "/^svc-/", got ${JSON.stringify(entry)}: ${cause.message}`, cause }
  }
}

/** Compiles the entries of one list; any of them suffices. `textFault` has found them to be sound. */
export function compileTexts (entries: readonly string[]): TextTest {
  const literals = new Set<unknown>()
  const expressions: RE2JS[] = []
  const negated: RE2JS[] = []
  for (const entry of entries) {
    const pattern = patternOf(entry)
    if (pattern === null) literals.add(entry)
    else (pattern.isNegated ? negated : expressions).push(RE2JS.compile(pattern.expression))
  }
  return (value) => {
    if (typeof value !== 'string' || value === '') return false
    if (literals.has(value)) return true
    for (let i = 0; i < expressions.length; i++) {
      if (expressions[i]?.test(value) === true) return true
    }
    for (let i = 0; i < negated.length; i++) {
      if (negated[i]?.test(value) === false) return true
    }
    return false
  }
}
