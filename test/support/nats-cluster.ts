// A real cluster of three nats-servers on loopback, where they are installed, with JetStream on the
// disk.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Test } from 'tap'
import { eventually } from './audited-app.js'
import { freePort } from './free-port.js'

const PATH = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }

/** Why tests with NATS cannot run here, or false. */
export const withoutNats: string | false = spawnSync('nats-server', ['-v'], { env: PATH }).error === undefined ? false : 'nats-server is not installed on this machine'

export interface NatsCluster {
  readonly urls: readonly string[]
  /** A connection of the test's own, to look with. */
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  /** Kills one of them with -9. @returns starts it again, with what it has on its disk */
  kill (name: string): Promise<() => void>
}

/** Runs until the end of the test. */
export async function startNatsCluster (t: Test, folder: string): Promise<NatsCluster> {
  const names = ['n1', 'n2', 'n3']
  const ports = await Promise.all(names.map(freePort))
  const routes = await Promise.all(names.map(freePort))
  const running = new Map<string, ChildProcess>()

  function start (name: string): void {
    const index = names.indexOf(name)
    const file = join(folder, `${name}.conf`)
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(file, `
server_name: ${name}
listen: 127.0.0.1:${ports[index]}
jetstream { store_dir: "${join(folder, name)}", max_mem: 64MB, max_file: 1GB }
cluster { name: C, listen: 127.0.0.1:${routes[index]}, routes: [${routes.map(port => `nats://127.0.0.1:${port}`).join(', ')}] }
`)
    running.set(name, spawn('nats-server', ['-c', file], { env: PATH, stdio: 'ignore' }))
  }

  async function kill (name: string): Promise<() => void> {
    const child = running.get(name)!
    child.kill('SIGKILL')
    await once(child, 'exit')
    return () => start(name)
  }

  names.forEach(start)
  t.teardown(async () => { await Promise.all([...running.values()].map(async child => { if (child.kill('SIGKILL')) await once(child, 'exit') })) })
  const urls = ports.map(port => `nats://127.0.0.1:${port}`)
  const connection = await eventually(() => connect({ servers: urls, maxReconnectAttempts: -1, reconnectTimeWait: 100 }).catch(() => null))
  if (connection === null) throw new Error('the cluster cannot be reached')
  t.teardown(() => connection.close())
  // Until it has chosen a leader, it answers nothing.
  const manager = await eventually(() => jetstreamManager(connection, { timeout: 2000 }).catch(() => null))
  if (manager === null) throw new Error('the cluster has no JetStream')
  return { urls, connection, manager, kill }
}
