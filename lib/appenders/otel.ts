// `type: otel`: events as log records of OpenTelemetry, sent to a collector by OTLP, in the words
// of Kibana's settings. Made by `createAppender`.
import { hostname } from 'node:os'
import type { AttributeValue } from '@opentelemetry/api'
import type { FromSchema } from '../config/from-schema.js'
import { durationSchema, durationToMilliseconds } from '../config/units.js'
import type { Appender, Surroundings } from '../contracts.js'
import { createGrpcTransport } from './otel/grpc.js'
import { createHttpTransport, type Transport } from './otel/http.js'
import { addAttributes, createLogRecords } from './otel/log-record.js'
import { createOtelSender } from './otel/sender.js'
import { loadPeer } from './peer-package.js'
import { createShippingAppender } from './shipping/appender.js'
import { shippingProperties } from './shipping/settings.js'
import { readTls, sslSchema, type TlsOptions } from './ssl.js'

/** `appender` with `type: otel`. */
export const otelSchema = {
  type: 'object',
  title: 'an otel appender',
  description: 'Sends events to an OpenTelemetry collector, or what else takes logs by OTLP.',
  properties: {
    type: { const: 'otel' },
    url: { type: 'string', title: 'a URL such as "https://collector.example.com:4318/v1/logs"', pattern: '^https?://[^\\s/]', description: 'Where logs are taken: with its path for http and proto, without one for grpc. https:// speaks TLS.' },
    protocol: { enum: ['proto', 'http', 'grpc'], default: 'proto', description: 'proto: protobuf over HTTP; http: JSON over HTTP; grpc: protobuf over gRPC.' },
    headers: { type: 'object', title: 'names of headers with their values', additionalProperties: { type: 'string', title: 'a text' }, default: {}, description: 'Further headers of every request, such as those that say who sends it.' },
    attributes: { type: 'object', title: 'names of attributes with their values', additionalProperties: true, default: {}, description: 'Attributes of the resource, such as service.name: where the events come from. They win over OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.' },
    ssl: sslSchema,
    timeout: { ...durationSchema, default: '10s', description: 'How long an answer is waited for.' },
    ...shippingProperties
  },
  required: ['type', 'url'],
  additionalProperties: false
} as const

export type OtelConfig = FromSchema<typeof otelSchema>

const { properties } = otelSchema

const protocolOf = ({ protocol = properties.protocol.default }: OtelConfig): NonNullable<OtelConfig['protocol']> => protocol

/** What is wrong with `attributes`, or null. A name with dots is nested here, as in every setting. */
export function attributesFault (attributes: object): string | null {
  const faulty = Object.entries(attributesOf(attributes)).find(([, value]) => !['string', 'number', 'boolean'].includes(typeof value))
  return faulty === undefined ? null : `expected a text, a number or a boolean for ${JSON.stringify(faulty[0])}, got ${Array.isArray(faulty[1]) ? 'a list' : 'nothing'}`
}

function attributesOf (nested: object): Record<string, AttributeValue> {
  const attributes = {}
  addAttributes(attributes, nested)
  return attributes
}

/**
 * @throws {AUDIT_ERR_PACKAGE} (as a rejection) a package of OpenTelemetry, or of gRPC, is not installed
 * @throws {AUDIT_ERR_CONFIG} (as a rejection) a file of `ssl` cannot be used
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) the spool cannot be written to
 */
export async function createOtelAppender (config: OtelConfig, surroundings: Surroundings): Promise<Appender> {
  const { attributes = properties.attributes.default } = config
  const protocol = protocolOf(config)
  const { detectResources, envDetector, defaultResource, resourceFromAttributes } = await loadPeer('@opentelemetry/resources', 'otel', () => import('@opentelemetry/resources'))
  const { JsonLogsSerializer, ProtobufLogsSerializer } = await loadPeer('@opentelemetry/otlp-transformer', 'otel', () => import('@opentelemetry/otlp-transformer'))
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'host.name': hostname() }))
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(resourceFromAttributes(attributesOf(attributes)))
  const sender = createOtelSender(
    await transportOf(config, readTls(config.ssl, surroundings)),
    protocol === 'http' ? JsonLogsSerializer : ProtobufLogsSerializer,
    createLogRecords(resource),
    message => surroundings.log.warn({ collector: message }, 'fastify-audit: the collector has taken all log records, and has something to say')
  )
  return await createShippingAppender(config, surroundings, sender)
}

async function transportOf (config: OtelConfig, tls: TlsOptions): Promise<Transport> {
  const { url, headers = properties.headers.default } = config
  const protocol = protocolOf(config)
  const timeout = durationToMilliseconds(config.timeout ?? properties.timeout.default)
  if (protocol !== 'grpc') return createHttpTransport({ url, headers, contentType: protocol === 'http' ? 'application/json' : 'application/x-protobuf', tls, timeout })
  const grpc = await loadPeer('@grpc/grpc-js', 'otel', () => import('@grpc/grpc-js'))
  return createGrpcTransport(grpc, { url, headers, tls, timeout })
}
