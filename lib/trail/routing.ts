// How events find their appenders: the routes, the names that these lead to, and how what comes by
// each way becomes a line. Made by opening.ts at start; followed by several.ts.
import type { LineMaker } from './line-makers.js'
import type { Route, Routes } from './routes.js'
import type { Routing } from './several.js'
import { type Rewrite, unroutedNames, type Way, waysFrom } from './ways.js'

/** Where events go. */
export interface TrailWays {
  /** The names of `appenders`, rewrites among them. */
  readonly names: readonly string[]
  /** The ways that begin at one of them. */
  from (name: string): readonly Way[]
  /** The names that an event goes to which no route matches. */
  readonly unrouted: readonly string[]
}

export function trailWays (names: readonly string[], rewrites: readonly Rewrite[], fallback: string | undefined): TrailWays {
  return { names, from: name => waysFrom(name, rewrites), unrouted: unroutedNames(names, rewrites, fallback) }
}

export interface RoutingParts extends Pick<Routing, 'route' | 'fallback' | 'lastRung'> {
  readonly ways: TrailWays
  readonly routes: Routes
  readonly route: Route
  /** How what comes to an appender through rewrites becomes a line. */
  readonly line: (name: string, through: readonly Rewrite[]) => LineMaker
}

/** What the fallback has in the place of an appender has been through the rewrites on the way to that one. */
export function createRouting ({ ways, routes, route, fallback, line, lastRung }: RoutingParts): Routing {
  const named = [...ways.unrouted, ...routes.flatMap(({ appenders }) => appenders)]
  return {
    route,
    ways: new Map(ways.names.map(name => [name, ways.from(name).map(({ to, through }) => ({ to, line: line(to, through), instead: line(fallback ?? to, through) }))])),
    unrouted: ways.unrouted,
    fallback,
    routesToFallback: named.some(name => ways.from(name).some(({ to }) => to === fallback)),
    lastRung
  }
}
