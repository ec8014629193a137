// `type: syslog`: events as messages of syslog (RFC 5424) over TLS (RFC 5425) or TCP (RFC 6587).
// Made by `createAppender`.
import { hostname as nameOfHost } from 'node:os'
import type { FromSchema } from '../config/from-schema.js'
import { durationSchema, durationToMilliseconds, sizeSchema, sizeToBytes } from '../config/units.js'
import type { Appender, Surroundings } from '../contracts.js'
import { createShippingAppender } from './shipping/appender.js'
import { shippingProperties } from './shipping/settings.js'
import { readTls, sslSchema } from './ssl.js'
import { createSyslogMessages, FACILITIES } from './syslog/message.js'
import { createSyslogSender } from './syslog/sender.js'

/** `appender` with `type: syslog`. */
export const syslogSchema = {
  type: 'object',
  title: 'a syslog appender',
  description: 'Sends events to a receiver of syslog, such as rsyslog or syslog-ng: RFC 5424, each message with its length before it.',
  properties: {
    type: { const: 'syslog' },
    host: { type: 'string', title: 'a host such as "logs.example.com"', minLength: 1, description: 'The name or the address of the receiver.' },
    port: { type: 'integer', title: 'a port from 1 to 65535', minimum: 1, maximum: 65535, default: 6514, description: 'Its port. 6514 is that of syslog over TLS (RFC 5425); over TCP there is no port of its own, many receivers have 514 or 601.' },
    protocol: { enum: ['tls', 'tcp'], default: 'tls', description: 'tls, or tcp without encryption.' },
    ssl: sslSchema,
    facility: { enum: FACILITIES, default: 'audit', description: 'The facility of the messages, by its word: audit is 13, log audit.' },
    app_name: { type: 'string', title: 'up to 48 visible characters of ASCII', pattern: '^[!-~]{1,48}$', default: 'fastify-audit', description: 'APP-NAME of the messages: which application they come from.' },
    hostname: { type: 'string', title: 'up to 255 visible characters of ASCII', pattern: '^[!-~]{1,255}$', description: 'HOSTNAME of the messages. Left out, that of the operating system.' },
    structured_data_id: {
      type: 'string',
      title: 'an SD-ID such as "audit@32473"',
      pattern: '^[!#-<>-\\\\^-~]{1,26}@[1-9][0-9]{0,9}(\\.[0-9]{1,10}){0,3}$',
      default: 'audit@32473',
      description: 'The name of the structured data with event.id and trace.id. What follows the @ is a private enterprise number: 32473 is the one for examples (RFC 5612); put your own in its place.'
    },
    max_message_bytes: { ...sizeSchema, default: '8kb', description: 'How long a message may be, in bytes: no longer than the receiver takes. The longest texts of an event that is larger are cut, and labels.audit_truncated says which.' },
    timeout: { ...durationSchema, default: '10s', description: 'How long the receiver may stand still: while the connection is opened, while it takes messages, and until it closes the connection when it has all.' },
    ...shippingProperties
  },
  required: ['type', 'host'],
  additionalProperties: false
} as const

export type SyslogConfig = FromSchema<typeof syslogSchema>

/** What is wrong with `ssl` beside the rest of the appender, or null. */
export function syslogSslFault (_ssl: unknown, appender: unknown): string | null {
  return (appender as Partial<SyslogConfig>).protocol === 'tcp' ? 'expected protocol "tls" beside it, got "tcp"' : null
}

/**
 * @throws {AUDIT_ERR_CONFIG} (as a rejection) a file of `ssl` cannot be used
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) the spool cannot be written to
 */
export async function createSyslogAppender (config: SyslogConfig, surroundings: Surroundings): Promise<Appender> {
  const { properties } = syslogSchema
  const { host, port = properties.port.default, protocol = properties.protocol.default, timeout = properties.timeout.default, max_message_bytes: maxBytes = properties.max_message_bytes.default } = config
  const { facility = properties.facility.default, app_name: appName = properties.app_name.default, hostname = nameOfHost(), structured_data_id: structuredDataId = properties.structured_data_id.default } = config
  const tls = protocol === 'tls' ? readTls(config.ssl, surroundings) : undefined
  const messages = createSyslogMessages({ facility, hostname, appName, structuredDataId, maxBytes: sizeToBytes(maxBytes) })
  return await createShippingAppender(config, surroundings, createSyslogSender({ host, port, tls, timeout: durationToMilliseconds(timeout) }, messages))
}
