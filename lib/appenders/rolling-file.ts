// `type: rolling-file`: a live file that is renamed away when it is large or old enough. The
// parts in rolling/ say when (policy), to what name (strategy) and which files go
// (retention); here is what happens in which order. Made by `createAppender`.
import { resolve } from 'node:path'
import type { FromSchema } from '../config/from-schema.js'
import type { Appender, Batch, Surroundings } from '../contracts.js'
import { layoutSchema } from '../layouts/create.js'
import { createClosable } from './closable.js'
import { fileSchema } from './file.js'
import { openFileWriter, type FileWriter } from './file-writer.js'
import { createNumericStrategy, numericSchema } from './rolling/numeric.js'
import { removeExpired, retentionSchema } from './rolling/retention.js'
import { createSizeLimit, sizeLimitSchema } from './rolling/size-limit.js'
import { createTimeInterval, startOfFile, timeIntervalSchema } from './rolling/time-interval.js'

/** `policy`. */
const policySchema = {
  type: 'object',
  title: 'a policy',
  description: 'When the file is rolled.',
  discriminator: { propertyName: 'type' },
  required: ['type'],
  oneOf: [timeIntervalSchema, sizeLimitSchema],
  default: { type: 'time-interval', interval: '24h', modulate: true }
} as const

/** `appender` with `type: rolling-file`. */
export const rollingFileSchema = {
  type: 'object',
  title: 'a rolling-file appender',
  description: 'Appends to a file and renames it away by size or time.',
  properties: {
    type: { const: 'rolling-file' },
    fileName: fileSchema.properties.fileName,
    layout: layoutSchema,
    policy: policySchema,
    strategy: { ...numericSchema, default: { type: 'numeric', pattern: '-%i', max: 7 } },
    retention: retentionSchema
  },
  required: ['type', 'fileName'],
  additionalProperties: false
} as const

export type RollingFileConfig = FromSchema<typeof rollingFileSchema>

/**
 * When to roll: returns the index of the first line of `batch`, from `from` on, before which
 * a live file of `size` bytes has to be rolled; the number of lines when they all belong
 * into it. For an empty file always more than `from`.
 */
type Policy = (batch: Batch, from: number, size: number) => number

/**
 * Opens the live file, makes a roll that is due when the first event comes, and removes what
 * is not to be kept. When a roll fails, events go on into the live file; the failure is told
 * once to `surroundings.log`, and the roll is tried again with each batch.
 *
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) the file cannot be opened
 */
export async function createRollingFileAppender (config: RollingFileConfig, { directory, locate, now, log }: Surroundings): Promise<Appender> {
  const path = resolve(directory, config.fileName)
  const strategySettings = config.strategy ?? numericDefault
  const strategy = createNumericStrategy(strategySettings, path)
  const retention = { ...config.retention, maxFiles: config.retention?.maxFiles ?? strategySettings.max ?? 7 }
  const setting = locate('appender', 'fileName')
  let live = await openFileWriter(path, setting)
  const firstLineAfterRoll = await createPolicy(config.policy, live)
  let rollIsFailing = false

  async function write (batch: Batch): Promise<void> {
    const lines = batch.ends.length
    let from = 0
    let mayRoll = true
    while (from < lines) {
      const to = mayRoll ? firstLineAfterRoll(batch, from, live.size) : lines
      // Also when there is nothing to write: a file that is rolled does not end in half a line.
      await live.write(batch, from, to)
      from = to
      if (from < lines) mayRoll = await roll()
    }
  }

  async function roll (): Promise<boolean> {
    try {
      await startNewFile()
    } catch (error) {
      if (!rollIsFailing) log.error({ err: error, path }, 'The audit log could not be rolled. Events go on into the same file')
      rollIsFailing = true
      return false
    }
    if (rollIsFailing) log.info({ path }, 'The audit log could be rolled again')
    rollIsFailing = false
    await removeOldFiles()
    return true
  }

  async function startNewFile (): Promise<void> {
    const previous = live
    await strategy.roll()
    try {
      live = await openFileWriter(path, setting)
    } catch (error) {
      // If this fails too, the open file goes on under its new name, and no event is lost.
      await strategy.undoRoll().catch(() => {})
      throw error
    }
    await previous.close()
  }

  async function removeOldFiles (): Promise<void> {
    try {
      await removeExpired(await strategy.rolledFiles(), retention, now())
    } catch (error) {
      log.error({ err: error, path }, 'Old files of the audit log could not be removed')
    }
  }

  await removeOldFiles()
  return createClosable(write, () => live.close())
}

const numericDefault = rollingFileSchema.properties.strategy.default

async function createPolicy (config: RollingFileConfig['policy'], live: FileWriter): Promise<Policy> {
  const settings = config ?? policySchema.default
  switch (settings.type) {
    case 'size-limit': return createSizeLimit(settings)
    case 'time-interval': return createTimeInterval(settings, live.size === 0 ? undefined : await startOfFile(live.path))
  }
}
