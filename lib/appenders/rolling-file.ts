// `type: rolling-file`: a live file that is renamed away when it is large or old enough. The
// parts in rolling/ say when (policy), to what name (strategy) and which files go
// (retention); here is what happens in which order. Made by `createAppender`.
import type { FromSchema } from '../config/from-schema.js'
import type { Appender, Batch, Surroundings } from '../contracts.js'
import { layoutSchema } from '../layouts/create.js'
import { fileSchema, pathOfLog } from './file.js'
import { createKeptFileAppender } from './kept-file-appender.js'
import { writeLines, type Progress } from './file-writer.js'
import { keepFile } from './kept-file.js'
import type { OpenFile } from './open-file.js'
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
 * @throws {AUDIT_ERR_FILE_IN_USE} (as a rejection) somebody else writes to it
 */
export async function createRollingFileAppender (config: RollingFileConfig, surroundings: Surroundings): Promise<Appender> {
  const { directory, locate, now, log } = surroundings
  const path = pathOfLog(config.fileName, directory)
  const strategySettings = config.strategy ?? numericDefault
  const strategy = createNumericStrategy(strategySettings, path)
  const retention = { ...config.retention, maxFiles: config.retention?.maxFiles ?? strategySettings.max ?? 7 }
  let firstLineAfterRoll: Policy
  let rollIsFailing = false

  async function opened (live: OpenFile): Promise<void> {
    firstLineAfterRoll = await createPolicy(config.policy, live)
    await removeOldFiles()
  }

  const kept = await keepFile({ path, setting: locate('appender', 'fileName'), surroundings, opened })

  function write (progress: Progress, mayRoll = true): Promise<void> {
    const { batch, lines } = progress
    const live = kept.current!
    const to = mayRoll ? firstLineAfterRoll(batch, lines, live.size) : batch.ends.length
    // Also when there is nothing to write: a file that is rolled does not end in half a line.
    const written = writeLines(live, progress, to, kept.isDurable)
    // Nearly always, on the path of every batch.
    return to === batch.ends.length ? written : written.then(() => rollAndGoOn(live, progress))
  }

  async function rollAndGoOn (live: OpenFile, progress: Progress): Promise<void> {
    // What somebody else has put in its place is not ours to rename.
    kept.doubt()
    const mayRollAgain = await kept.ready() !== live || await roll()
    if (!progress.isTakenOver) await write(progress, mayRollAgain)
  }

  async function roll (): Promise<boolean> {
    try {
      await kept.roll(strategy.roll, strategy.undoRoll)
    } catch (error) {
      if (!rollIsFailing) log.error({ err: error, path }, 'The audit log could not be rolled. Events go on into the same file')
      rollIsFailing = true
      return false
    }
    if (rollIsFailing) log.info({ path }, 'The audit log could be rolled again')
    rollIsFailing = false
    return true
  }

  async function removeOldFiles (): Promise<void> {
    try {
      await removeExpired(await strategy.rolledFiles(), retention, now())
    } catch (error) {
      log.error({ err: error, path }, 'Old files of the audit log could not be removed')
    }
  }

  return createKeptFileAppender(kept, write)
}

const numericDefault = rollingFileSchema.properties.strategy.default

async function createPolicy (config: RollingFileConfig['policy'], live: OpenFile): Promise<Policy> {
  const settings = config ?? policySchema.default
  switch (settings.type) {
    case 'size-limit': return createSizeLimit(settings)
    case 'time-interval': return createTimeInterval(settings, live.size === 0 ? undefined : await startOfFile(live.path))
  }
}
