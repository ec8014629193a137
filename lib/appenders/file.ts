// `type: file`: one file that only grows. Made by `createAppender`.
import { resolve } from 'node:path'
import type { FromSchema } from '../config/from-schema.js'
import type { Appender, Surroundings } from '../contracts.js'
import { layoutSchema } from '../layouts/create.js'
import { createKeptFileAppender } from './kept-file-appender.js'
import { writeLines } from './file-writer.js'
import { keepFile } from './kept-file.js'

/** `appender` with `type: file`. */
export const fileSchema = {
  type: 'object',
  title: 'a file appender',
  description: 'Appends to one file.',
  properties: {
    type: { const: 'file' },
    fileName: {
      type: 'string',
      title: 'a path such as "./logs/audit.log"',
      description: 'The file, relative to the folder that the application runs in; %pid in it is replaced by the process id. It is made, with its folders, for its owner alone.',
      minLength: 1
    },
    layout: layoutSchema,
    reopen_on_sighup: {
      type: 'boolean',
      description: 'Whether the process opens the file anew at SIGHUP, which otherwise ends it: for logrotate.',
      default: false
    }
  },
  required: ['type', 'fileName'],
  additionalProperties: false
} as const

export type FileConfig = FromSchema<typeof fileSchema>

/** The absolute path that a `fileName` means. */
export function pathOfLog (fileName: string, directory: string): string {
  return resolve(directory, fileName.replaceAll('%pid', `${process.pid}`))
}

/**
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) the file cannot be opened
 * @throws {AUDIT_ERR_FILE_IN_USE} (as a rejection) somebody else writes to it
 */
export async function createFileAppender ({ fileName }: FileConfig, surroundings: Surroundings): Promise<Appender> {
  const path = pathOfLog(fileName, surroundings.directory)
  const kept = await keepFile({ path, setting: surroundings.locate('appender', 'fileName'), surroundings, async opened () {} })
  return createKeptFileAppender(kept, progress => writeLines(kept.current!, progress, progress.batch.ends.length, kept.isDurable))
}
