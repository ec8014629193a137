// The nats appender and a real cluster of three, whose leader is killed.
import { join } from 'node:path'
import { jetstream } from '@nats-io/jetstream'
import { type Test, test } from 'tap'
import { createNatsAppender, type NatsConfig } from '../../lib/appenders/nats.js'
import type { Appender } from '../../lib/contracts.js'
import { batchOf, surroundingsIn } from '../support/appender-contract.js'
import { eventually } from '../support/audited-app.js'
import { type NatsCluster, startNatsCluster, withoutNats } from '../support/nats-cluster.js'

const QUICK = { batch: { timeout: '5ms', max_events: 500 }, backoff: { init: '50ms', max: '500ms' }, shutdown_timeout: '20s', timeout: '2s' } as const
const lineOf = (n: number): string => JSON.stringify({ '@timestamp': '2026-01-02T03:04:05.006Z', message: 'm', event: { id: `id-${n}`, action: 'a' }, n })
const idOf = (n: number): string => /"id":"([^"]+)"/.exec(lineOf(n))![1]!
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

async function appenderFor (t: Test, { urls }: NatsCluster, folder: string, config: Partial<NatsConfig> = {}): Promise<Appender> {
  const appender = await createNatsAppender({ type: 'nats', servers: [...urls], create_stream: {}, ...QUICK, ...config }, surroundingsIn(folder))
  t.teardown(() => appender.close())
  return appender
}

/** The ids of all that is in a stream, in its order, as an independent reader has them. */
async function idsIn ({ connection, manager }: NatsCluster, stream: string): Promise<string[]> {
  const { state: { messages } } = await manager.streams.info(stream)
  if (messages === 0) return []
  const consumer = await jetstream(connection).consumers.get(stream)
  const ids: string[] = []
  for await (const message of await consumer.consume()) {
    ids.push(message.json<{ event: { id: string } }>().event.id)
    if (message.headers?.get('Nats-Msg-Id') !== ids.at(-1)) throw new Error(`expected ${ids.at(-1)} as its message id, got ${message.headers?.get('Nats-Msg-Id')}`)
    if (ids.length === messages) break
  }
  return ids
}

async function allSent (t: Test, appender: Appender): Promise<void> {
  for (let patience = 0; patience < 5 && appender.shipping!().backlog > 0; patience++) await eventually(() => appender.shipping!().backlog === 0)
  t.equal(appender.shipping!().backlog, 0, String(appender.shipping!().lastError?.message))
}

test('a cluster of three', { skip: withoutNats, timeout: 230_000 }, async t => {
  const folder = t.testdir({})
  const cluster = await startNatsCluster(t, folder)

  await t.test('makes the stream, and has every event once, in order', async t => {
    const appender = await appenderFor(t, cluster, join(folder, 'plain'), { stream: 'PLAIN', subject: 'plain' })
    await appender.append(batchOf(numbers(5000).map(lineOf)))
    await allSent(t, appender)
    t.same(await idsIn(cluster, 'PLAIN'), numbers(5000).map(idOf))
    const { config } = await cluster.manager.streams.info('PLAIN')
    t.match(config, { num_replicas: 3, duplicate_window: 3_600_000_000_000, subjects: ['plain'], storage: 'file' })
  })

  for (const [name, maxInFlight] of [['KILLED', 256], ['ORDERED', 1]] as const) {
    await t.test(`its leader is killed under load, twice, with ${maxInFlight} events under way: no event is missing, each is there once`, async t => {
      const total = maxInFlight === 1 ? 3000 : 20_000
      const appender = await appenderFor(t, cluster, join(folder, name), { stream: name, subject: name, max_in_flight: maxInFlight })
      let isSaying = true
      const saying = (async () => {
        for (let n = 0; n < total; n += 50) {
          await appender.append(batchOf(numbers(50).map(more => lineOf(n + more))))
          await new Promise(resolve => setTimeout(resolve, 10))
        }
        isSaying = false
      })()
      let killed = 0
      for (let round = 0; round < 2; round++) {
        const { sent } = appender.shipping!()
        await eventually(() => appender.shipping!().sent > sent + 200)
        const leader = await eventually(() => cluster.manager.streams.info(name).then(({ cluster: of }) => of?.leader, () => undefined))
        const restart = await cluster.kill(leader!)
        killed++
        await eventually(() => appender.shipping!().retries > 0)
        restart()
        await eventually(() => cluster.manager.streams.info(name).then(({ cluster: of }) => of?.leader !== undefined && of.replicas?.every(({ current }) => current) === true, () => false))
      }
      t.comment(`still saying: ${isSaying}`)
      await saying
      await allSent(t, appender)
      t.equal(killed, 2)
      t.ok(appender.shipping!().retries > 0, `${appender.shipping!().retries} retries: it was noticed`)
      const ids = await idsIn(cluster, name)
      t.equal(ids.length, total)
      t.same([...ids].sort(), numbers(total).map(idOf).sort(), 'each once')
      if (maxInFlight === 1) t.same(ids, numbers(total).map(idOf), 'in the order in which they were said')
      else t.comment(`${ids.filter((id, n) => id !== idOf(n)).length} of ${total} stand elsewhere than they were said`)
    })
  }
})
