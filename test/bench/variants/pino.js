// pino in process, with an asynchronous destination: constant fields in `base`, which pino
// serializes once; the rest is the ordinary event.
import { join } from 'node:path'
import pino from 'pino'
import { CONSTANT_FIELDS, ordinaryHttpEvent } from '../ordinary-event.js'

export async function addLogging (app, folder) {
  logTo(app, pino.destination({ dest: join(folder, 'pino.log'), sync: false }))
}

/** Logs each request by pino to `destination`. */
export function logTo (app, destination) {
  const logger = pino({
    base: CONSTANT_FIELDS,
    messageKey: 'message',
    timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`
  }, destination)
  app.addHook('onRequest', function logRequest (request, reply, done) {
    logger.info(ordinaryHttpEvent(request))
    done()
  })
}
