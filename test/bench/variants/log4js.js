// log4js with its file appender and a JSON layout, added as its documentation shows.
import { join } from 'node:path'
import log4js from 'log4js'
import { CONSTANT_FIELDS, ordinaryHttpEvent } from '../ordinary-event.js'

export async function addLogging (app, folder) {
  log4js.addLayout('json', () => ({ startTime, data }) => JSON.stringify({ '@timestamp': startTime, ...data[0], ...CONSTANT_FIELDS }))
  log4js.configure({
    appenders: { audit: { type: 'file', filename: join(folder, 'log4js.log'), layout: { type: 'json' } } },
    categories: { default: { appenders: ['audit'], level: 'info' } }
  })
  const logger = log4js.getLogger('audit')
  app.addHook('onRequest', function logRequest (request, reply, done) {
    logger.info(ordinaryHttpEvent(request))
    done()
  })
}
