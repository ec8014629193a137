// How events stand in the requests of `type: webhook`: the five formats of Search Guard, by its
// names, and one of one's own. Used by sender.ts.
import type { AuditRecord } from '../../contracts.js'
import type { ShippedEvent } from '../shipping/sender.js'

/** The formats by name. Their method and content type are Search Guard's. */
export const WEBHOOK_FORMATS = ['URL_PARAMETER_GET', 'URL_PARAMETER_POST', 'TEXT', 'JSON', 'SLACK'] as const

export type WebhookFormatName = (typeof WEBHOOK_FORMATS)[number]

/** What goes into a request. */
export interface FormattedEvents {
  /** @default no body */
  readonly body?: string
  /** @default 'application/json' */
  readonly contentType?: string
  /** Put behind the question mark of the URL, encoded as it has to be. @default nothing */
  readonly query?: string
}

/**
 * A format of one's own: makes the body of a request. What it throws is the reason for which the
 * event is rejected.
 *
 * @param events as they stand in the log; one, unless `per_request` is `many`
 * @returns the body, or the body with its content type
 */
export type WebhookFormat = (events: readonly AuditRecord[]) => string | FormattedEvents

/** More than Slack shows of a message. Characters. */
const LONGEST_SLACK_TEXT = 35_000

/**
 * Makes the function that makes requests of events.
 *
 * @param isText whether the layout makes texts rather than JSON: they stand for the message
 */
export function createFormat (format: WebhookFormatName | WebhookFormat, isText: boolean): (events: readonly ShippedEvent[]) => FormattedEvents {
  const textOf = ({ line }: ShippedEvent): string => isText ? line : fieldsOf(line).map(([name, value]) => `${name}: ${value}`).join('\n')
  const jsonOf = ({ line }: ShippedEvent): string => isText ? JSON.stringify({ message: line }) : line
  const parametersOf = ({ line }: ShippedEvent): string => new URLSearchParams(isText ? { message: line } : fieldsOf(line)).toString()
  const textsOf = (events: readonly ShippedEvent[]): string => events.map(textOf).join(isText ? '\n' : '\n\n')

  if (typeof format === 'function') {
    return events => {
      const made = format(events.map(event => JSON.parse(jsonOf(event)) as AuditRecord))
      const { body, contentType, query } = typeof made === 'string' ? { body: made } : Object(made) as FormattedEvents
      if (body !== undefined && typeof body !== 'string') throw new Error(`expected a text from the format, got ${typeof body}`)
      if (body === undefined && query === undefined) throw new Error('expected a body or a query from the format, got neither')
      return { body, contentType: contentType ?? 'application/json', query }
    }
  }
  switch (format) {
    case 'URL_PARAMETER_GET': return ([event]) => ({ query: parametersOf(event!) })
    case 'URL_PARAMETER_POST': return ([event]) => ({ body: parametersOf(event!), contentType: 'application/x-www-form-urlencoded' })
    case 'TEXT': return events => ({ body: textsOf(events), contentType: 'text/plain; charset=utf-8' })
    case 'SLACK': return events => ({ body: JSON.stringify({ text: slackText(textsOf(events)) }), contentType: 'application/json' })
    case 'JSON': return events => ({ body: events.length === 1 ? jsonOf(events[0]!) : `[${events.map(jsonOf).join(',')}]`, contentType: 'application/json' })
  }
}

/** Nobody who is recorded may call a channel together: `<!channel>` is markup there. */
function slackText (text: string): string {
  const shown = text.length > LONGEST_SLACK_TEXT ? `${text.slice(0, LONGEST_SLACK_TEXT)}…` : text
  return shown.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

/** The fields of an event by their full names; one entry for each value of a list. */
function fieldsOf (line: string): [name: string, value: string][] {
  const fields: [string, string][] = []
  collect('', JSON.parse(line))
  return fields

  function collect (name: string, value: unknown): void {
    if (Array.isArray(value)) for (const item of value as unknown[]) collect(name, item)
    else if (typeof value === 'object' && value !== null) for (const [key, child] of Object.entries(value)) collect(name === '' ? key : `${name}.${key}`, child)
    else fields.push([name, String(value)])
  }
}
