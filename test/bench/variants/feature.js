// fastify-audit with one setting more than it needs: `feature:<name>`. The requests are those of
// more-audited, with a get and an update, so that every kind of event passes.
import { join } from 'node:path'
import { register } from './audited.js'

export { addRoutes } from './more-audited.js'

/** What the settings are with each; of none, as they are by default. */
export const FEATURES = {
  none: () => ({}),
  'none-again': () => ({}),
  'fields.exclude': () => ({ fields: { exclude: ['kibana.saved_object.name'] } }),
  'fields.hash': () => ({ fields: { hash: ['user.name'], hash_key: 'a key of thirty-two characters ..' } }),
  'max_event_bytes: 8kb': () => ({ max_event_bytes: '8kb' }),
  include_filters: () => ({ include_filters: [{ actions: ['http_request'] }, { categories: ['database'] }] }),
  ignore_filters: () => ({ ignore_filters: [{ paths: ['/health'] }, { actions: ['space_get'] }] }),
  'http.details': () => ({ http: { details: ['route', 'referrer', 'user_agent'] } }),
  'saved_objects.protected': () => ({ saved_objects: { protected: [{ types: ['api-key'], roles: ['admin'] }] } }),
  'two appenders, routes': (folder) => ({
    appenders: { main: rollingFile(folder, 'audit.log'), reads: rollingFile(folder, 'reads.log') },
    routes: [{ match: { actions: ['saved_object_get'] }, appenders: ['reads'] }, { match: { categories: ['web', 'database'] }, appenders: ['main'] }]
  })
}

const rollingFile = (folder, name) => ({ type: 'rolling-file', fileName: join(folder, name) })

export async function addLogging (app, folder, name) {
  await register(app, folder, {}, FEATURES[name](folder))
}
