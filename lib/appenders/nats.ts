// `type: nats`: events as messages of a stream of NATS JetStream. Made by `createAppender`.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Authenticator, ConnectionOptions, credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node'
import type { FromSchema } from '../config/from-schema.js'
import { durationSchema, durationToMilliseconds, oneOrManySchema, sizeSchema, sizeToBytes, textSchema } from '../config/units.js'
import type { Appender, Surroundings } from '../contracts.js'
import { AUDIT_ERR_CONFIG } from '../errors.js'
import { messageOf } from '../layouts/plain.js'
import { createNatsSender, type NatsSettings } from './nats/sender.js'
import { loadPeer } from './peer-package.js'
import { createShippingAppender } from './shipping/appender.js'
import { shippingProperties } from './shipping/settings.js'
import { readTls, sslSchema } from './ssl.js'

/** `create_stream`. */
const createStreamSchema = {
  type: 'object',
  title: 'the limits of a new stream',
  description: 'Makes the stream where it is not there yet, with these limits. One that is there is left as it is.',
  additionalProperties: false,
  properties: {
    replicas: { type: 'integer', title: 'a number from 1 to 5', minimum: 1, maximum: 5, default: 3, description: 'How many servers of the cluster have each event. An event is acknowledged when most of them have it.' },
    max_age: { ...durationSchema, description: 'How long the stream keeps an event. Left out, for ever.' },
    max_bytes: { ...sizeSchema, description: 'How many bytes the stream keeps: the oldest events make room for new ones. Left out, as many as its servers have room for.' },
    duplicate_window: { ...durationSchema, default: '1h', description: 'How long the stream knows the ids of events, so that one which is sent again is there once: longer than an outage, or a pause of the application, that is to leave no double. It costs the servers memory for each event of that time.' }
  }
} as const

/** `appender` with `type: nats`. */
export const natsSchema = {
  type: 'object',
  title: 'a nats appender',
  description: 'Publishes events to a stream of NATS JetStream, each with its id.',
  properties: {
    type: { const: 'nats' },
    servers: {
      ...oneOrManySchema,
      title: 'a server such as "nats://nats.example.com:4222", or a list of servers',
      description: 'Servers of the cluster; the others are learned from them. tls:// asks for TLS.'
    },
    subject: { type: 'string', title: 'a subject such as "audit.shop", without wildcards', pattern: '^[^\\s.*>]+(\\.[^\\s.*>]+)*$', default: 'audit', description: 'The subject of the messages.' },
    stream: { type: 'string', title: 'a name such as "AUDIT", without spaces, dots and wildcards', pattern: '^[^\\s.*>/\\\\]+$', default: 'AUDIT', description: 'The stream that has to take them: an acknowledgement of another one does not count.' },
    create_stream: createStreamSchema,
    username: { ...textSchema, description: 'Who logs in, with password.' },
    password: { ...textSchema, description: 'The password of username. Best brought by an environment variable.' },
    token: { ...textSchema, description: 'The token that the servers know, in the place of a username.' },
    credentials: { type: 'string', title: 'a path such as "./audit.creds"', minLength: 1, description: 'A file of credentials (JWT and key), as nsc makes it.' },
    nkey: { type: 'string', title: 'a path such as "./audit.nk"', minLength: 1, description: 'A file with the seed of an nkey.' },
    ssl: sslSchema,
    max_in_flight: { type: 'integer', title: 'a number from 1 to 10000', minimum: 1, maximum: 10_000, default: 256, description: 'How many events may wait for their acknowledgements at once. With 1 the events of a process stand in the stream in their order whatever fails; with more they are faster, and one that has to be sent again may come after later ones.' },
    timeout: { ...durationSchema, default: '5s', description: 'How long an acknowledgement, or a connection, is waited for.' },
    ...shippingProperties
  },
  required: ['type', 'servers'],
  additionalProperties: false
} as const

export type NatsConfig = FromSchema<typeof natsSchema>

/** What is wrong with who logs in, or null. `password` needs `username`, and there is one way only. */
export function natsLoginFault (appender: unknown): string | null {
  const { type, username, password, token, credentials, nkey } = appender as Partial<NatsConfig>
  if (type !== 'nats') return null
  const ways = Object.entries({ username, token, credentials, nkey }).flatMap(([name, value]) => value === undefined ? [] : [name])
  if (ways.length > 1) return `expected one of username, token, credentials and nkey, got ${ways.join(' and ')}`
  return (username === undefined) === (password === undefined) ? null : `expected username and password, got ${username === undefined ? 'password' : 'username'} alone`
}

/**
 * @throws {AUDIT_ERR_PACKAGE} (as a rejection) a package of the client is not installed
 * @throws {AUDIT_ERR_CONFIG} (as a rejection) a file cannot be used
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) the spool cannot be written to
 */
export async function createNatsAppender (config: NatsConfig, surroundings: Surroundings): Promise<Appender> {
  const { properties } = natsSchema
  const { subject = properties.subject.default, stream = properties.stream.default, max_in_flight: maxInFlight = properties.max_in_flight.default, timeout = properties.timeout.default, create_stream: create } = config
  const transport = await loadPeer('@nats-io/transport-node', 'nats', () => import('@nats-io/transport-node'))
  const { jetstream, jetstreamManager } = await loadPeer('@nats-io/jetstream', 'nats', () => import('@nats-io/jetstream'))
  const settings: NatsSettings = {
    connection: connectionOptions(config, surroundings, transport),
    subject,
    stream,
    ...create !== undefined && { create: limitsOf(create) },
    maxInFlight,
    timeout: durationToMilliseconds(timeout)
  }
  return await createShippingAppender(config, surroundings, createNatsSender({ connect: transport.connect, jetstream, jetstreamManager }, settings))
}

interface Authenticators {
  readonly credsAuthenticator: typeof credsAuthenticator
  readonly nkeyAuthenticator: typeof nkeyAuthenticator
}

function connectionOptions (config: NatsConfig, surroundings: Pick<Surroundings, 'directory' | 'locate'>, { credsAuthenticator: fromCredentials, nkeyAuthenticator: fromNkey }: Authenticators): ConnectionOptions {
  const { username, password, token, credentials, nkey, ssl } = config
  const servers = [config.servers].flat()
  const isEncrypted = ssl !== undefined || servers.some(server => server.startsWith('tls://'))
  const authenticator: Authenticator | undefined = credentials !== undefined
    ? fromCredentials(readSecret('credentials', credentials, surroundings))
    : nkey === undefined ? undefined : fromNkey(readSecret('nkey', nkey, surroundings))
  return {
    servers,
    name: 'fastify-audit',
    ...username !== undefined && { user: username, pass: password },
    ...token !== undefined && { token },
    ...authenticator !== undefined && { authenticator },
    // With it, a server that does not speak TLS is refused.
    ...isEncrypted && { tls: { ...readTls(ssl, surroundings) } as ConnectionOptions['tls'] }
  }
}

function readSecret (name: 'credentials' | 'nkey', file: string, { directory, locate }: Pick<Surroundings, 'directory' | 'locate'>): Uint8Array {
  try {
    return name === 'nkey' ? Buffer.from(readFileSync(resolve(directory, file), 'latin1').trim()) : readFileSync(resolve(directory, file))
  } catch (cause) {
    throw new AUDIT_ERR_CONFIG(`${locate('appender', name)}: expected a file that can be read, got ${JSON.stringify(file)}: ${messageOf(cause)}`, { cause })
  }
}

const NANOSECONDS = 1_000_000

const { replicas: replicasSchema, duplicate_window: windowSchema } = createStreamSchema.properties

function limitsOf ({ replicas = replicasSchema.default, max_age: maxAge, max_bytes: maxBytes, duplicate_window: window = windowSchema.default }: NonNullable<NatsConfig['create_stream']>): NonNullable<NatsSettings['create']> {
  const age = maxAge === undefined ? 0 : durationToMilliseconds(maxAge) * NANOSECONDS
  const known = durationToMilliseconds(window) * NANOSECONDS
  return {
    num_replicas: replicas,
    max_age: age,
    max_bytes: maxBytes === undefined ? -1 : sizeToBytes(maxBytes),
    // NATS refuses a window that is longer than the age.
    duplicate_window: age === 0 ? known : Math.min(age, known)
  }
}
