import { test } from 'tap'
import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream'
import { ensureStream } from '../../../lib/appenders/nats/stream.js'

const LIMITS = { num_replicas: 3, max_age: 5, max_bytes: -1, duplicate_window: 5 }

function managerWith (info: () => Promise<unknown>): { readonly manager: Pick<JetStreamManager, 'streams'>, readonly added: Partial<StreamConfig>[] } {
  const added: Partial<StreamConfig>[] = []
  const streams = { info, async add (config: Partial<StreamConfig>) { added.push(config) } }
  return { manager: { streams } as unknown as Pick<JetStreamManager, 'streams'>, added }
}

test('a stream that is there is left as it is', async t => {
  const { manager, added } = managerWith(async () => ({}))
  await ensureStream(manager, 'AUDIT', 'audit', LIMITS)
  t.same(added, [])
})

test('one that is not there is made with the limits of the settings', async t => {
  const { manager, added } = managerWith(async () => { throw Object.assign(new Error('stream not found'), { code: 10059 }) })
  await ensureStream(manager, 'AUDIT', 'audit', LIMITS)
  t.same(added, [{ name: 'AUDIT', subjects: ['audit'], ...LIMITS }])
})

test('whoever does not answer is no stream that is missing', async t => {
  const { manager, added } = managerWith(async () => { throw new Error('timeout') })
  await t.rejects(ensureStream(manager, 'AUDIT', 'audit', LIMITS), /timeout/)
  t.same(added, [])
  const { manager: overloaded, added: none } = managerWith(async () => { throw Object.assign(new Error('no leader'), { code: 10008 }) })
  await t.rejects(ensureStream(overloaded, 'AUDIT', 'audit', LIMITS), /no leader/)
  t.same(none, [])
})
