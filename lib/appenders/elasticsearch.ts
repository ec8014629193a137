// `type: elasticsearch`: events go to Elasticsearch 8 or 9 or to OpenSearch, by the bulk API, into a
// data stream or a dated index. The parts are in elasticsearch/; the spool that events wait in, and
// the forwarder that calls the sender, in shipping/. Made by `createAppender`.
import type { FromSchema } from '../config/from-schema.js'
import { durationSchema, durationToMilliseconds, oneOrManySchema, textSchema } from '../config/units.js'
import type { Appender, Surroundings } from '../contracts.js'
import { layoutSchema } from '../layouts/create.js'
import { borrowConnection, type ConnectionConfig, isClient, openConnection } from './elasticsearch/connection.js'
import { retentionFault } from './elasticsearch/retention.js'
import { createElasticsearchSender } from './elasticsearch/sender.js'
import { createTarget, dataStreamFault, indexFault } from './elasticsearch/target.js'
import { createShippingAppender } from './shipping/appender.js'
import { shippingProperties } from './shipping/settings.js'
import { readTls, sslSchema } from './ssl.js'

/** `appender` with `type: elasticsearch`. */
export const elasticsearchSchema = {
  type: 'object',
  title: 'an elasticsearch appender',
  description: 'Ships to Elasticsearch 8 and 9 and to OpenSearch.',
  properties: {
    type: { const: 'elasticsearch' },
    nodes: {
      ...oneOrManySchema,
      title: 'a URL such as "https://es.example:9200", or a list of them',
      description: 'The nodes: each is asked in turn, and one that does not answer less often. Needs the package @elastic/transport.'
    },
    client: {
      title: 'in code, a client of @elastic/elasticsearch or @opensearch-project/opensearch',
      description: 'In code, in the place of nodes: a client that the application has. It has to be closed by the application.'
    },
    username: { ...textSchema, description: 'The user. Needs password.' },
    password: { ...textSchema, description: 'Best brought by an environment variable.' },
    apiKey: { ...textSchema, description: 'An API key, encoded as the store gives it, in the place of username and password.' },
    serviceAccountToken: { ...textSchema, description: 'A token that is sent as `Authorization: Bearer`, such as that of a service account.' },
    ssl: sslSchema,
    requestTimeout: { ...durationSchema, default: '30s', description: 'How long an answer may take. Then the batch is sent again.' },
    data_stream: {
      type: 'string',
      minLength: 1,
      title: 'the name of a data stream such as "logs-fastify.audit-default"',
      description: 'The data stream that events go to. logs-fastify.audit-default, unless index says otherwise.'
    },
    index: {
      type: 'string',
      minLength: 1,
      title: 'the name of an index such as "fastify-audit-%{+yyyy.MM.dd}"',
      description: 'In the place of data_stream: the index. %{+yyyy.MM.dd} in it stands for the day of the event, in UTC.'
    },
    install_template: { type: 'boolean', default: true, description: 'Whether the index template is installed, before the first event is sent.' },
    retention: { ...durationSchema, title: 'a duration such as "365d"', description: 'How long the store is to keep events, at the least. Part of the template. None: for ever.' },
    ...shippingProperties,
    layout: { ...layoutSchema, oneOf: [layoutSchema.oneOf[0]] }
  },
  required: ['type'],
  additionalProperties: false
} as const

export type ElasticsearchConfig = FromSchema<typeof elasticsearchSchema>

/** The data stream when nothing else is said: as `logs-kibana.audit-*` and `logs-elasticsearch.audit-*`, so that one search finds all three. */
export const DEFAULT_DATA_STREAM = 'logs-fastify.audit-default'

/**
 * Opens the appender. Does not ask the store anything: a node that is down does not keep an
 * application from starting.
 *
 * @throws {AUDIT_ERR_PACKAGE} (as a rejection) @elastic/transport is not installed
 * @throws {AUDIT_ERR_CONFIG} (as a rejection) a file of `ssl` cannot be read
 * @throws what `createShippingAppender` throws
 */
export async function createElasticsearchAppender (config: ElasticsearchConfig, surroundings: Surroundings): Promise<Appender> {
  const { properties } = elasticsearchSchema
  const { client, index, data_stream: stream = DEFAULT_DATA_STREAM, install_template: installsTemplate = properties.install_template.default, retention, requestTimeout = properties.requestTimeout.default } = config
  const timeout = durationToMilliseconds(requestTimeout)
  const connection = client === undefined ? await openConnection(connectionConfig(config, timeout, surroundings)) : borrowConnection(clientOf(client)!, timeout)
  const target = createTarget(index === undefined ? { data_stream: stream } : { index })
  return await createShippingAppender(config, surroundings, createElasticsearchSender(connection, { target, installsTemplate, retention }))
}

function connectionConfig (config: ElasticsearchConfig, timeout: number, surroundings: Surroundings): ConnectionConfig {
  const { nodes = [], username, password, apiKey, serviceAccountToken: bearer, ssl } = config
  const auth = username !== undefined && password !== undefined ? { username, password } : apiKey !== undefined ? { apiKey } : bearer !== undefined ? { bearer } : undefined
  const urls = [nodes].flat()
  return { nodes: urls, auth, timeout, ...urls.some(url => new URL(url).protocol === 'https:') && { tls: readTls(ssl, surroundings) } }
}

/** A client in code reads as a function that returns it, because settings are not looked into. */
function clientOf (client: unknown): Parameters<typeof borrowConnection>[0] | null {
  const made: unknown = typeof client === 'function' && !isClient(client) ? client() : client
  return isClient(made) ? made : null
}

const CREDENTIALS = ['username', 'password', 'apiKey', 'serviceAccountToken'] as const

/** What is wrong with the settings of an appender of this type taken together, or null. */
export function elasticsearchFault (appender: unknown): string | null {
  const config = appender as ElasticsearchConfig
  if (config.type !== 'elasticsearch') return null
  const { nodes, client, index, data_stream: stream, retention, install_template: installs } = config
  const has = (name: keyof ElasticsearchConfig): boolean => config[name] !== undefined
  if ((nodes === undefined) === (client === undefined)) return `expected nodes, or in code a client, got ${nodes === undefined ? 'neither' : 'both'}`
  if (client !== undefined) {
    if (clientOf(client) === null) return `expected ${elasticsearchSchema.properties.client.title} for client, got something else`
    const mine = [...CREDENTIALS, 'ssl' as const].find(has)
    if (mine !== undefined) return `expected ${mine} beside nodes only: a client has its own`
  }
  if (has('username') !== has('password')) return `expected username and password together, got ${has('username') ? 'username' : 'password'} alone`
  const ways = CREDENTIALS.filter(name => name !== 'password' && has(name))
  if (ways.length > 1) return `expected one of username, apiKey and serviceAccountToken, got ${ways.join(' and ')}`
  if (stream !== undefined && index !== undefined) return 'expected either data_stream or index, got both'
  if (retention !== undefined && installs === false) return 'expected install_template: true beside retention, which is part of the template'
  const nameFault = index === undefined ? dataStreamFault(stream ?? DEFAULT_DATA_STREAM) : indexFault(index)
  if (nameFault !== null) return nameFault
  return [nodes ?? []].flat().map(nodeFault).find(fault => fault !== null) ??
    (retention === undefined ? null : retentionFault(retention, createTarget(index === undefined ? {} : { index }).days, index === undefined))
}

/** What is wrong with the URL of a node, or null. It is not shown: there may be a password in it. */
function nodeFault (node: string): string | null {
  const url = URL.canParse(node) ? new URL(node) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'expected URLs such as "https://es.example:9200" for nodes, got something else'
  if (url.username !== '' || url.password !== '') return 'expected username and password as settings of their own, got them in the URL of a node'
  return url.search === '' && url.hash === '' ? null : 'expected URLs without a query for nodes, got one with a query'
}
