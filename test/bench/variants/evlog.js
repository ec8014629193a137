// evlog with its file drain behind its own batching pipeline. The interval is short, so that
// what a slice logs is written while the slice is measured.
import { createFsDrain } from 'evlog/fs'
import { createDrainPipeline } from 'evlog/pipeline'
import { initLogger, log } from 'evlog'
import { CONSTANT_FIELDS, ordinaryHttpEvent } from '../ordinary-event.js'

export async function addLogging (app, folder) {
  const pipeline = createDrainPipeline({ batch: { size: 50, intervalMs: 100 }, maxBufferSize: 1e6 })
  initLogger({ env: { service: 'audit', environment: 'production' }, pretty: false, silent: true, drain: pipeline(createFsDrain({ dir: folder })) })
  app.addHook('onRequest', function logRequest (request, reply, done) {
    log.info({ '@timestamp': new Date().toISOString(), ...ordinaryHttpEvent(request), ...CONSTANT_FIELDS })
    done()
  })
}
