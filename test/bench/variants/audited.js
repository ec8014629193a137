// fastify-audit as its users have it: http_request with user, session and space, json,
// rolling-file.
import { join } from 'node:path'
import audit from '../../../dist/index.js'

export async function addLogging (app, folder) {
  await register(app, folder, {})
}

/** Registers fastify-audit with the same settings, and further options and settings. */
export async function register (app, folder, options, settings = {}) {
  await app.register(audit, {
    ...options,
    config: {
      enabled: true,
      lifecycle_events: false,
      ...settings.appenders === undefined && {
        appender: {
          type: 'rolling-file',
          fileName: join(folder, 'audit.log'),
          layout: { type: 'json' },
          policy: { type: 'time-interval', interval: '24h', modulate: true },
          strategy: { type: 'numeric', max: 10 }
        }
      },
      ...settings
    },
    user: (request) => request.user,
    session: (request) => request.user?.session,
    space: (request) => request.space
  })
}
