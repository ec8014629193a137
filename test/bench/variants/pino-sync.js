// pino as it is where nothing else is asked for: each line is written before `info()` returns, so
// that it survives the process, as with `durability: write`, and the event loop stands meanwhile.
import { join } from 'node:path'
import pino from 'pino'
import { logTo } from './pino.js'

export async function addLogging (app, folder) {
  logTo(app, pino.destination({ dest: join(folder, 'pino.log'), sync: true }))
}
