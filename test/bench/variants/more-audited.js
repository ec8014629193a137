// One more audited get and one more audited update in each request: three events in place of one.
import { addLogging as addAuditing } from './audited.js'
import { addObjectRoute, objects } from './more-plain.js'

export const addLogging = addAuditing

export function addRoutes (app) {
  addObjectRoute(app, (request) => request.audit.repository(objects))
}
