// `Retry-After`, as RFC 9110 (10.2.3) has it: seconds, or a date. Used by appenders that speak HTTP.

/**
 * How long the other side asks to be left alone, in milliseconds; undefined where it does not, or
 * not in a way that is understood.
 *
 * @param now milliseconds since the epoch, for a date
 */
export function parseRetryAfter (header: string | readonly string[] | undefined, now: number): number | undefined {
  const text = String(header ?? '').trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = /^[A-Z][a-z]+,? /.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
