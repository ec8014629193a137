// The settings of `appender`, and the appender that they ask for. Called at start-up; the
// only file of this folder that the trail and the plugin need.
import type { FromSchema } from '../config/from-schema.js'
import type { Appender, Surroundings } from '../contracts.js'
import { consoleSchema, createConsoleAppender } from './console.js'
import { createCustomAppender, customSchema } from './custom.js'
import { createFileAppender, fileSchema } from './file.js'
import { createPinoAppender, pinoSchema } from './pino.js'
import { createRollingFileAppender, rollingFileSchema } from './rolling-file.js'
import { createWebhookAppender, webhookSchema } from './webhook.js'

/** `appender`. */
export const appenderSchema = {
  type: 'object',
  title: 'an appender',
  description: 'Where events are written, and how.',
  discriminator: { propertyName: 'type' },
  required: ['type'],
  oneOf: [consoleSchema, fileSchema, rollingFileSchema, pinoSchema, webhookSchema, customSchema]
} as const

export type AppenderConfig = FromSchema<typeof appenderSchema>

/** The appender when the settings name none, as in Kibana: a file per day, ten of them beside the live one. */
export const defaultAppender = {
  type: 'rolling-file',
  fileName: './logs/audit.log',
  layout: { type: 'json' },
  policy: { type: 'time-interval', interval: '24h', modulate: true },
  strategy: { type: 'numeric', pattern: '-%i', max: 10 }
} as const satisfies AppenderConfig

/**
 * Opens an appender.
 *
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) names the setting, the path and the reason
 * @throws {AUDIT_ERR_FILE_IN_USE} (as a rejection) somebody else writes to its file
 * @throws {AUDIT_ERR_CONFIG} (as a rejection) a file that its settings name cannot be read
 * @throws {AUDIT_ERR_PACKAGE} (as a rejection) a package that it needs is not installed
 */
export async function createAppender (config: AppenderConfig, surroundings: Surroundings): Promise<Appender> {
  switch (config.type) {
    case 'console': return createConsoleAppender()
    case 'file': return createFileAppender(config, surroundings)
    case 'rolling-file': return createRollingFileAppender(config, surroundings)
    case 'pino': return await createPinoAppender(config, surroundings)
    case 'webhook': return createWebhookAppender(config, surroundings)
    case 'custom': return await createCustomAppender(config, surroundings)
  }
}

/** Whether SIGHUP is to reopen the appender. */
export function reopensOnSighup (config: AppenderConfig): boolean {
  return config.type === 'file' && config.reopen_on_sighup === true
}

/** Whether the appender cannot tell when events are written, so that its acknowledgement means no more than `durability: none`. */
export function promisesNothing ({ type }: Pick<AppenderConfig, 'type'>): boolean {
  return type === 'pino'
}
