// The signature by which the receiver of a webhook knows the sender, as the Standard Webhooks
// specification has it (version 1.0.0): the same secret is on both sides. Used by sender.ts.
import { createHmac } from 'node:crypto'

/** What the specification asks of a secret, at the least. Bytes. */
const SHORTEST = 24

/** The bytes that a secret stands for: `whsec_` and base64, or any text. */
function keyOf (secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)
}

/** What is wrong with a secret, or with one of a list, or null. */
export function secretsFault (secrets: unknown): string | null {
  const short = [secrets].flat().map(secret => keyOf(String(secret)).length).find(length => length < SHORTEST)
  return short === undefined ? null : `expected a secret of at least ${SHORTEST} bytes, got one of ${short}`
}

/**
 * Makes the function that signs: `webhook-id`, `webhook-timestamp` (seconds since the epoch) and
 * `webhook-signature`, one for each secret.
 *
 * @param secrets more than one while receivers change from one to the next
 */
export function createSignature (secrets: readonly string[]): (id: string, now: number, content: string) => Record<string, string> {
  const keys = secrets.map(keyOf)
  return function sign (id, now, content) {
    const timestamp = `${Math.floor(now / 1000)}`
    const signatures = keys.map(key => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${content}`).digest('base64')}`)
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
  }
}
