// fastify-audit for who must not lose an event to a loss of power: every answer waits until its
// event is on the disk.
import { register } from './audited.js'

export async function addLogging (app, folder) {
  await register(app, folder, {}, { durability: 'fsync', on_failure: { http: 'block' } })
}
