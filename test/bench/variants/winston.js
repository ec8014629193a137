// winston with its file transport and its JSON format.
import { join } from 'node:path'
import winston from 'winston'
import { CONSTANT_FIELDS, ordinaryHttpEvent } from '../ordinary-event.js'

const timestamp = winston.format((info) => {
  info['@timestamp'] = new Date().toISOString()
  return info
})

export async function addLogging (app, folder) {
  const logger = winston.createLogger({
    level: 'info',
    format: winston.format.combine(timestamp(), winston.format.json()),
    defaultMeta: CONSTANT_FIELDS,
    transports: [new winston.transports.File({ filename: join(folder, 'winston.log') })]
  })
  app.addHook('onRequest', function logRequest (request, reply, done) {
    const { message, ...event } = ordinaryHttpEvent(request)
    logger.info(message, event)
    done()
  })
}
