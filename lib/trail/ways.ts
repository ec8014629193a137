// Where a name of `appenders` leads: to the appender of that name, or through rewrites to those
// that they name. Asked at start by opening.ts, by the checks of the settings, and by who explains.
import type { RewritePolicy } from './fields/rewrite.js'

/** One of `appenders` that writes nothing itself, and stands in front of others. */
export interface Rewrite {
  readonly name: string
  /** The names of those that have what it has rewritten. */
  readonly appenders: readonly string[]
  readonly policy: RewritePolicy
}

/** A way to an appender that writes. */
export interface Way {
  /** Its name. */
  readonly to: string
  /** The rewrites on the way, in their order; none when the name is its own. */
  readonly through: readonly Rewrite[]
}

/** The ways from a name. A name that leads in a circle comes to nothing there. */
export function waysFrom (name: string, rewrites: readonly Rewrite[], around: readonly string[] = []): readonly Way[] {
  const rewrite = rewrites.find(one => one.name === name)
  if (rewrite === undefined) return [{ to: name, through: [] }]
  if (around.includes(name)) return []
  return rewrite.appenders.flatMap(next => waysFrom(next, rewrites, [...around, name])).map(({ to, through }) => ({ to, through: [rewrite, ...through] }))
}

/** The names that a circle leads through which begins at this one, or null. */
export function circleFrom (name: string, rewrites: readonly Rewrite[], around: readonly string[] = []): readonly string[] | null {
  if (name === around[0]) return [...around, name]
  if (around.includes(name)) return null
  const next = rewrites.find(one => one.name === name)?.appenders ?? []
  return next.reduce<readonly string[] | null>((circle, one) => circle ?? circleFrom(one, rewrites, [...around, name]), null)
}

/** An appender that several of these names lead to, and two of them; null when there is none. */
export function sameEnd (names: readonly string[], rewrites: readonly Rewrite[]): { readonly to: string, readonly by: readonly [string, string] } | null {
  const known = new Map<string, string>()
  for (const name of names) {
    for (const { to } of waysFrom(name, rewrites)) {
      const other = known.get(to)
      if (other !== undefined) return { to, by: [other, name] }
      known.set(to, name)
    }
  }
  return null
}

/** The names that an event goes to which no route matches: all but the fallback and those that a rewrite stands in front of. */
export function unroutedNames (names: readonly string[], rewrites: readonly Rewrite[], fallback: string | undefined): readonly string[] {
  const behind = new Set(rewrites.flatMap(({ appenders }) => appenders))
  return names.filter(name => name !== fallback && !behind.has(name))
}
