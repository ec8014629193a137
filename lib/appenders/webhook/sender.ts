// Sends events to the URL of a webhook, one in each request or many, and says what its answers mean.
// Made by webhook.ts.
import { createHash } from 'node:crypto'
import type { Dispatcher } from 'undici'
import { AUDIT_ERR_SEND } from '../../errors.js'
import { messageOf } from '../../layouts/plain.js'
import { parseRetryAfter } from '../shipping/retry-after.js'
import type { Sender, SendFailure, ShippedEvent, Verdict } from '../shipping/sender.js'
import { meaningOf } from './answer.js'
import type { FormattedEvents } from './formats.js'

export interface WebhookSenderParts {
  /** Without who logs in. */
  readonly url: URL
  readonly method: string
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly sendsMany: boolean
  readonly format: (events: readonly ShippedEvent[]) => FormattedEvents
  /** Headers that show who the sender is. */
  readonly sign: (id: string, now: number, content: string) => Record<string, string>
  /** What must not be shown, wherever it may turn up. */
  readonly secrets: readonly string[]
  readonly dispatcher: Dispatcher
  readonly now: () => number
}

/** So much of an answer is shown. Characters. */
const LONGEST_ANSWER = 200
/** So much of an answer is read, so that its connection can be used again. Bytes. */
const MOST_OF_AN_ANSWER = 64 * 1024

interface Answer { readonly status: number, readonly retryAfter: number | undefined, readonly text: string }

export function createWebhookSender (parts: WebhookSenderParts): Sender {
  const { url, method, headers, sendsMany, format, sign, secrets, dispatcher, now } = parts

  /** Fails as the forwarder expects it: without a secret, and with what the other side asks for. */
  function failure (reason: string, more: Partial<SendFailure> = {}): SendFailure {
    return Object.assign(new AUDIT_ERR_SEND(`the webhook at ${url.origin} ${withoutSecrets(reason)}`), more)
  }

  function withoutSecrets (text: string): string {
    return secrets.reduce((shown, secret) => shown.replaceAll(secret, '[REDACTED]'), text)
  }

  async function ask (events: readonly ShippedEvent[], { body, contentType, query }: FormattedEvents, signal: AbortSignal): Promise<Answer> {
    const id = idOf(events)
    const to = query === undefined ? url : new URL(`${url.origin}${url.pathname}${url.search === '' ? '?' : `${url.search}&`}${query}`)
    try {
      const { statusCode, headers: answered, body: answer } = await dispatcher.request({
        origin: to.origin,
        path: `${to.pathname}${to.search}`,
        method: method as Dispatcher.HttpMethod,
        headers: { ...contentType !== undefined && { 'content-type': contentType }, ...headers, 'idempotency-key': id, ...sign(id, now(), body ?? query ?? '') },
        body: body ?? null,
        signal
      })
      // Before it is cut: half a secret is not known any more.
      const text = meaningOf(statusCode) === 'taken' ? '' : withoutSecrets(await beginningOf(answer)).slice(0, LONGEST_ANSWER)
      await answer.dump({ limit: MOST_OF_AN_ANSWER })
      return { status: statusCode, retryAfter: parseRetryAfter(answered['retry-after'], now()), text }
    } catch (cause) {
      throw failure(`cannot be reached: ${reasonOf(cause)}`)
    }
  }

  /** One request. What it rejects with is about all of the events. */
  async function sendTogether (events: readonly ShippedEvent[], signal: AbortSignal): Promise<Verdict> {
    let formatted: FormattedEvents
    try {
      formatted = format(events)
    } catch (thrown) {
      return refused(events, `the event cannot be formatted: ${messageOf(thrown)}`)
    }
    const { status, retryAfter, text } = await ask(events, formatted, signal)
    const reason = `has answered ${status}${text === '' ? '' : ` ${JSON.stringify(text)}`}`
    switch (meaningOf(status)) {
      case 'taken': return 'delivered'
      case 'refused': return refused(events, reason)
      case 'again': throw failure(reason, { retryAfter })
    }
  }

  function refused (events: readonly ShippedEvent[], reason: string): Verdict {
    // Which of them is meant is found out by halves.
    if (events.length > 1) throw failure(reason, { isTooMuch: true })
    return { rejected: withoutSecrets(reason) }
  }

  async function sendOneByOne (events: readonly ShippedEvent[], signal: AbortSignal): Promise<Verdict[]> {
    const verdicts: Verdict[] = []
    for (const event of events) {
      try {
        verdicts.push(await sendTogether([event], signal))
      } catch (error) {
        const rest = events.slice(verdicts.length).map((): Verdict => 'again')
        throw Object.assign(error as SendFailure, { verdicts: [...verdicts, ...rest] })
      }
    }
    return verdicts
  }

  return {
    async send (events, signal) {
      if (!sendsMany) return await sendOneByOne(events, signal)
      const verdict = await sendTogether(events, signal)
      return events.map(() => verdict)
    },
    close: () => dispatcher.destroy()
  }
}

/** The same for the same events, however often they are sent. */
function idOf (events: readonly ShippedEvent[]): string {
  if (events.length === 1) return events[0]!.id
  const hash = createHash('sha256')
  for (const { id } of events) hash.update(`${id}\n`)
  return hash.digest('hex').slice(0, 32)
}

async function beginningOf (answer: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of answer) {
    text += chunk.toString('utf8')
    if (text.length > LONGEST_ANSWER) break
  }
  return text
}

/** undici puts several attempts to connect (IPv6, IPv4) into one error without a message. */
function reasonOf (cause: unknown): string {
  const { message, code } = Object(cause) as NodeJS.ErrnoException
  return message === undefined || message === '' ? String(code ?? 'no reason is known') : messageOf(cause)
}
