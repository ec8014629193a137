// `type: file`: one file that only grows. Made by `createAppender`.
import { resolve } from 'node:path'
import type { FromSchema } from '../config/from-schema.js'
import type { Appender, Surroundings } from '../contracts.js'
import { layoutSchema } from '../layouts/create.js'
import { createClosable } from './closable.js'
import { openFileWriter } from './file-writer.js'

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
      description: 'The file, relative to the folder that the application runs in. It is made, with its folders, for its owner alone.',
      minLength: 1
    },
    layout: layoutSchema
  },
  required: ['type', 'fileName'],
  additionalProperties: false
} as const

export type FileConfig = FromSchema<typeof fileSchema>

/**
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) the file cannot be opened
 */
export async function createFileAppender ({ fileName }: FileConfig, { directory, locate }: Surroundings): Promise<Appender> {
  const writer = await openFileWriter(resolve(directory, fileName), locate('appender', 'fileName'))
  return createClosable(batch => writer.write(batch, 0, batch.ends.length), () => writer.close())
}
