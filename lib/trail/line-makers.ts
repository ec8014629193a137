// How a record becomes the line of one appender: what `fields` of the section and of the appender
// leave of it, then the rewrites on its way, then its layout. Lines that read alike are made by one
// function, so that they are made once. Made by opening.ts at start.
import type { Layout } from '../contracts.js'
import { type Change, compileFields, countersOf, type FieldLists, type FieldPart, withFields } from './fields/compile.js'
import { compileRewrite } from './fields/rewrite.js'
import type { Counts, Tally } from './tally.js'
import type { Rewrite } from './ways.js'

export interface LineMaker {
  readonly layout: Layout
  /** What the rules of an appender's own `fields` note while the line is made; each appender that takes the line counts them as its own. */
  readonly ownRules?: Counts | undefined
}

/** What decides how a line reads. */
export interface LineSettings<L> {
  readonly layout: L
  /** Those of the appender. */
  readonly fields?: FieldLists | undefined
  /** The rewrites on the way to it. */
  readonly through?: readonly Rewrite[]
}

export interface LineMakersParts<L> {
  /** `fields` of the section. */
  readonly section: FieldPart
  readonly key: string | null
  readonly tally: Tally
  readonly createLayout: (settings: L) => Layout
}

/** @returns gives the same maker for settings that say the same */
export function createLineMakers<L> ({ section, key, tally, createLayout }: LineMakersParts<L>): (settings: LineSettings<L>) => LineMaker {
  const makers = new Map<string, LineMaker>()

  function make ({ layout, fields, through = [] }: LineSettings<L>): LineMaker {
    const ownRules = fields === undefined ? undefined : tally.countsFor(countersOf(fields))
    const changed = compileFields(fields === undefined ? [section] : [section, { lists: fields, counts: ownRules }], key)
    // What a rewrite took out first, `fields` could not find in sentences any more.
    return { layout: withFields(createLayout(layout), inOrder([changed, ...through.map(({ policy }) => compileRewrite(policy))])), ownRules }
  }

  return settings => {
    const { layout, fields, through = [] } = settings
    const alike = JSON.stringify([layout, fields ?? null, through.map(({ policy }) => policy)])
    const maker = makers.get(alike) ?? make(settings)
    makers.set(alike, maker)
    return maker
  }
}

function inOrder (all: readonly (Change | null)[]): Change | null {
  const changes = all.filter(change => change !== null)
  return changes.length === 0 ? null : record => changes.reduce((changed, change) => change(changed), record)
}

/** A way to an appender, and how what comes by it becomes a line. */
export interface LaidWay {
  /** Its name. */
  readonly to: string
  readonly line: LineMaker
  /** For the fallback in its place. */
  readonly instead: LineMaker
}

/** Each name leads to its own appender. */
export function straightWays (destinations: readonly { readonly name: string, readonly layout: Layout }[], fallback: string | undefined): ReadonlyMap<string, readonly LaidWay[]> {
  const reserve = destinations.find(({ name }) => name === fallback)
  return new Map(destinations.map(({ name, layout }) => [name, [{ to: name, line: { layout }, instead: { layout: reserve?.layout ?? layout } }]]))
}
