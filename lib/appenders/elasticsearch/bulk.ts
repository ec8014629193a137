// A batch as the store's bulk API wants it, and what its answer says of each event. Called by
// sender.ts. See the Bulk API of Elasticsearch 8 and 9 and of OpenSearch, which agree in this.
import type { ShippedEvent, Verdict } from '../shipping/sender.js'
import type { Target } from './target.js'

/** What is asked of an answer: what has become of each item, and why. */
export const BULK_QUERY = 'filter_path=errors,items.*.status,items.*.failure_store,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason'

/** An item's fate. */
interface BulkItem {
  readonly status?: number
  /** Elasticsearch 8.19 and 9.1: `used` when the document was put aside instead. */
  readonly failure_store?: string
  readonly error?: { readonly type?: string, readonly reason?: string, readonly caused_by?: { readonly reason?: string } }
}

/** What an answer says. */
export interface BulkResult {
  readonly verdicts: readonly Verdict[]
  /** Why the first of those that are to be asked again was not taken. */
  readonly why?: { readonly status: number, readonly reason: string }
}

/** Two lines for each event: `create`, which never changes a document that is there, and the event. */
export function bulkLines (events: readonly ShippedEvent[], target: Target): string {
  let lines = ''
  for (const { id, time, line } of events) {
    const where = target.isStream ? '' : `"_index":${JSON.stringify(target.indexOf(time))},`
    lines += `{"create":{${where}"_id":${JSON.stringify(id)}}}\n${line}\n`
  }
  return lines
}

/**
 * Why an item was not taken is a matter of the index, not of the event, whatever the status says:
 * it is closed, or none could be made.
 */
const PASSING_TYPES: readonly string[] = ['index_closed_exception', 'validation_exception', 'invalid_index_name_exception', 'index_not_found_exception', 'no_shard_available_action_exception']

/** What has become of `count` events, or null when the answer is not that of a bulk of so many. */
export function readBulkAnswer (body: unknown, count: number): BulkResult | null {
  const items = (body as { readonly items?: unknown } | null)?.items
  if (!Array.isArray(items) || items.length !== count) return null
  let why: BulkResult['why']
  const verdicts = (items as Readonly<Record<string, BulkItem | undefined>>[]).map((item): Verdict => {
    const { status = 0, failure_store: aside, error } = Object.values(item)[0] ?? {}
    if (aside === 'used') return { rejected: 'the store has put it aside, into the failure store of the data stream' }
    // 409: a document with this id is there. It is this event: an earlier attempt got through.
    if ((status >= 200 && status < 300) || status === 409) return 'delivered'
    const reason = reasonOf(error)
    if (isOfContent(status, error?.type)) return { rejected: `${status} ${reason}` }
    why ??= { status, reason }
    return 'again'
  })
  return { verdicts, ...why !== undefined && { why } }
}

/** Who may not write (401, 403), and into what is not there (404), is a matter of settings that somebody will mend; 429 and 5xx pass. */
function isOfContent (status: number, type = ''): boolean {
  return status >= 400 && status < 500 && ![401, 403, 404, 408, 429].includes(status) && !PASSING_TYPES.includes(type)
}

/** The store's words, without what it quotes of the event: they are told in logs. */
export function reasonOf (error: BulkItem['error']): string {
  const { type, reason, caused_by: cause } = error ?? {}
  const words = [type, reason, cause?.reason].filter(word => word !== undefined && word !== '').join(': ')
  return words === '' ? 'no reason was given' : words.replace(/\.? Preview of field's value:.*?(?=: |$)/gs, '').slice(0, 500)
}
