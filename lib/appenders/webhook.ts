// `type: webhook`: events by HTTP to any URL, in the formats of Search Guard or in one's own. Made by
// `createAppender`; the rest of it is in webhook/, the spool and the forwarder in shipping/.
import type { FromSchema } from '../config/from-schema.js'
import { durationSchema, durationToMilliseconds, oneOrManySchema } from '../config/units.js'
import type { Appender, Surroundings } from '../contracts.js'
import { AUDIT_ERR_APPENDER_OPEN } from '../errors.js'
import { messageOf } from '../layouts/plain.js'
import { loadDefault } from './custom.js'
import { loadPeer } from './peer-package.js'
import { createShippingAppender } from './shipping/appender.js'
import { shippingProperties } from './shipping/settings.js'
import { readTls, sslSchema } from './ssl.js'
import { createFormat, WEBHOOK_FORMATS, type WebhookFormat, type WebhookFormatName } from './webhook/formats.js'
import { createWebhookSender } from './webhook/sender.js'
import { createSignature } from './webhook/signature.js'

/** `appender` with `type: webhook`. */
export const webhookSchema = {
  type: 'object',
  title: 'a webhook appender',
  description: 'Sends events to a URL. They wait in a spool on the disk until it has taken them.',
  properties: {
    type: { const: 'webhook' },
    url: {
      type: 'string',
      title: 'a URL such as "https://siem.example.com/audit"',
      pattern: '^https?://[^\\s/?#]+',
      description: 'Where events are sent. A name and a password in it are sent as basic authentication.'
    },
    format: {
      title: `one of ${WEBHOOK_FORMATS.join(', ')}, a module such as "./my-format.js", or in code a function`,
      description: 'How an event stands in a request: one of Search Guard\'s five formats, or the module (a path, or the name of a package) whose default export makes the body.',
      default: 'JSON'
    },
    per_request: {
      enum: ['one', 'many'],
      description: 'Whether a request holds one event, or as many as a batch does (JSON: a list).',
      default: 'one'
    },
    method: { enum: ['GET', 'POST', 'PUT', 'PATCH'], description: 'The method of HTTP. Left out: GET for URL_PARAMETER_GET, else POST.' },
    headers: {
      type: 'object',
      title: 'headers by name',
      description: 'Headers of each request, such as Authorization.',
      additionalProperties: { type: 'string' }
    },
    signature: {
      type: 'object',
      title: 'the settings of the signature',
      description: 'How the receiver knows the sender: by webhook-id, webhook-timestamp and webhook-signature of the Standard Webhooks.',
      additionalProperties: false,
      required: ['secret'],
      properties: {
        secret: {
          ...oneOrManySchema,
          title: 'a secret, or a list of them',
          description: 'What both sides know, at least 24 bytes: whsec_ and base64, or any text. Several while receivers change from one to the next. Best brought by an environment variable.'
        }
      }
    },
    timeout: { ...durationSchema, default: '30s', description: 'How long to wait for a connection, and for an answer.' },
    ssl: sslSchema,
    ...shippingProperties
  },
  required: ['type', 'url'],
  additionalProperties: false
} as const

export type WebhookConfig = FromSchema<typeof webhookSchema>

const isName = (format: unknown): format is WebhookFormatName => (WEBHOOK_FORMATS as readonly unknown[]).includes(format)

/** What is wrong with `format`, or null. */
export function formatFault (format: unknown): string | null {
  // A word in capitals is a name that is not known, not a package.
  if (typeof format === 'function' || isName(format) || (typeof format === 'string' && /^(?:\.{0,2}\/|@|[a-z])/.test(format))) return null
  return `expected ${webhookSchema.properties.format.title}, got ${typeof format === 'string' ? JSON.stringify(format) : `a value of type ${typeof format}`}`
}

/** What is wrong with `per_request` beside the rest of the appender, or null. */
export function perRequestFault (perRequest: unknown, appender: unknown): string | null {
  const { format } = appender as { readonly format?: unknown }
  return perRequest === 'many' && String(format).startsWith('URL_PARAMETER_') ? `expected "one" for the format ${String(format)}, which has no room for more, got "many"` : null
}

/**
 * @throws {AUDIT_ERR_PACKAGE} (as a rejection) undici is not installed
 * @throws {AUDIT_ERR_CONFIG} (as a rejection) a file of `ssl` cannot be read
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) the format cannot be loaded, or the spool cannot be written to
 */
export async function createWebhookAppender (config: WebhookConfig, surroundings: Surroundings): Promise<Appender> {
  const { format = 'JSON', per_request: perRequest = 'one', headers = {}, layout } = config
  const { Agent } = await loadPeer('undici', 'webhook', () => import('undici'))
  const tls = readTls(config.ssl, surroundings)
  const made = createFormat(isName(format) ? format : await loadFormat(format, surroundings), layout?.type === 'pattern')
  const { url, authorization, login } = withoutUser(config.url)
  const timeout = durationToMilliseconds(config.timeout ?? webhookSchema.properties.timeout.default)
  const secrets = [config.signature?.secret ?? []].flat()
  const sent = Object.fromEntries(Object.entries({ ...authorization, ...headers }).map(([name, value]) => [name.toLowerCase(), String(value)]))

  return await createShippingAppender(config, surroundings, async () => createWebhookSender({
    url,
    method: config.method ?? (format === 'URL_PARAMETER_GET' ? 'GET' : 'POST'),
    headers: sent,
    sendsMany: perRequest === 'many',
    format: made,
    sign: secrets.length === 0 ? () => ({}) : createSignature(secrets),
    // A short value is no secret, and would hide what it happens to be part of.
    secrets: [...secrets, ...Object.values(sent), ...Object.values(sent).map(value => value.replace(/^\w+ +/, '')), ...login, url.search.slice(1), ...url.searchParams.values(), ...pathSecrets(url)].filter(secret => secret.length >= 8),
    dispatcher: new Agent({ connect: { ...tls, timeout }, headersTimeout: timeout, bodyTimeout: timeout, pipelining: 1, connections: 1 }),
    now: surroundings.now
  }))
}

/** A name and a password in a URL are nothing that a request may carry in its first line. */
function withoutUser (text: string): { readonly url: URL, readonly authorization: Readonly<Record<string, string>>, readonly login: readonly string[] } {
  const url = new URL(text)
  const [username, password] = [decoded(url.username), decoded(url.password)]
  url.username = url.password = ''
  if (username === '' && password === '') return { url, authorization: {}, login: [] }
  return { url, authorization: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }, login: [username, password] }
}

/** The path, and its parts, as a server may repeat them: with many webhooks it is all that a sender has to know. */
function pathSecrets ({ pathname }: URL): string[] {
  return [pathname, decoded(pathname), ...[pathname, decoded(pathname)].flatMap(path => path.split('/'))]
}

/** What a percent sign stands for, where it stands for something. */
function decoded (text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function loadFormat (format: unknown, { directory, locate }: Surroundings): Promise<WebhookFormat> {
  if (typeof format === 'function') return format as WebhookFormat
  const expected = `${locate('appender', 'format')}: expected a module whose default export is a function of events, got ${JSON.stringify(format)}`
  const loaded = await loadDefault(String(format), directory).catch((cause: unknown) => {
    throw new AUDIT_ERR_APPENDER_OPEN(`${expected}: ${messageOf(cause).split('\n', 1)[0]}`, { cause })
  })
  if (typeof loaded !== 'function') throw new AUDIT_ERR_APPENDER_OPEN(expected)
  return loaded as WebhookFormat
}
