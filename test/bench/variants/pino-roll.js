// pino with a rolling file in process, asynchronous: the same kind of file as the audited application's.
import { join } from 'node:path'
import pinoRoll from 'pino-roll'
import { logTo } from './pino.js'

export async function addLogging (app, folder) {
  logTo(app, await pinoRoll({ file: join(folder, 'pino'), extension: '.log', frequency: 'daily', limit: { count: 10 }, sync: false }))
}
