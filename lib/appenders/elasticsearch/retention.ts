// How long the store keeps events: the lifecycle of the data stream, or a policy of ILM
// (Elasticsearch) or ISM (OpenSearch), whichever the store has. Called by setup.ts.
import { parseDuration } from '../../config/units.js'
import type { StoreRequest } from './connection.js'
import { MANAGED_BY, type Keeping, type Store } from './index-template.js'
import type { Target } from './target.js'

/** What has to be asked for so that indices go in time. */
export interface Retention extends Keeping {
  /** The policy. `isVersioned`: only who knows the one that is there may replace it. */
  readonly policy?: StoreRequest & { readonly isVersioned: boolean }
  /** Tells a data stream that is there already. */
  readonly existing?: StoreRequest
}

/** A data stream begins a new index after this, or when a shard has 50 GB: a whole index goes at once. */
const ROLLOVER_DAYS = 30
const ROLLOVER_SIZE = '50gb'

/** What keeps events for `duration`, and no longer than an index's time beyond that. */
export function retention (duration: string, store: Store, target: Target): Retention {
  const name = target.name
  if (store.kind === 'opensearch') return { duration, policy: { method: 'PUT', path: `/_plugins/_ism/policies/${name}`, body: { policy: ismPolicy(duration, target) }, isVersioned: true } }
  if (target.isStream && hasLifecycle(store)) {
    const lifecycle = { data_retention: inDays(duration) }
    return { duration, lifecycle, existing: { method: 'PUT', path: `/_data_stream/${name}/_lifecycle`, body: lifecycle } }
  }
  return {
    duration,
    settings: { 'index.lifecycle.name': name },
    policy: { method: 'PUT', path: `/_ilm/policy/${name}`, body: { policy: ilmPolicy(duration, target) }, isVersioned: false }
  }
}

/** Generally available since 8.14. */
function hasLifecycle ({ isServerless, major, minor }: Store): boolean {
  return isServerless || major > 8 || (major === 8 && minor >= 14)
}

function ilmPolicy (duration: string, target: Target): object {
  const hot = target.isStream ? { rollover: { max_age: `${rolloverDays(duration)}d`, max_primary_shard_size: ROLLOVER_SIZE } } : {}
  return { phases: { hot: { actions: hot }, delete: { min_age: inDays(duration, target.days), actions: { delete: {} } } }, _meta: { managed_by: MANAGED_BY } }
}

function ismPolicy (duration: string, target: Target): object {
  const age = target.isStream ? { min_rollover_age: inDays(duration) } : { min_index_age: inDays(duration, target.days) }
  return {
    description: `${MANAGED_BY}: events are kept for ${duration}`,
    default_state: 'kept',
    states: [
      {
        name: 'kept',
        actions: target.isStream ? [{ rollover: { min_index_age: `${rolloverDays(duration)}d`, min_primary_shard_size: ROLLOVER_SIZE } }] : [],
        transitions: [{ state_name: 'expired', conditions: age }]
      },
      { name: 'expired', actions: [{ delete: {} }], transitions: [] }
    ],
    ism_template: [{ index_patterns: [target.pattern], priority: 500 }]
  }
}

/** Of a short retention an index may not be a large part. */
function rolloverDays (duration: string): number {
  return Math.max(1, Math.min(ROLLOVER_DAYS, Math.floor(daysOf(duration) / 2)))
}

/** What the age of an index counts from is when it was made: the last event in it is younger by what it covers. */
function inDays (duration: string, beyond = 0): string {
  return `${Math.ceil(daysOf(duration)) + beyond}d`
}

const DAYS = { ms: 1 / 86_400_000, s: 1 / 86_400, m: 1 / 1440, h: 1 / 24, d: 1, w: 7, M: 30, Y: 365 } as const

function daysOf (duration: string): number {
  const { amount, unit } = parseDuration(duration)
  return amount * DAYS[unit]
}

/** What is wrong with a retention, or null. */
export function retentionFault (duration: string, days: number | undefined, isStream: boolean): string | null {
  if (daysOf(duration) < 1) return `expected a day at least, such as "365d", got ${JSON.stringify(duration)}`
  return isStream || days !== undefined ? null : 'expected a data_stream, or an index with a date such as "fastify-audit-%{+yyyy.MM}" beside it: an index without one is never removed, or with all that is in it'
}
