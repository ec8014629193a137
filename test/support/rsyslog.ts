// A real rsyslog, where it is installed, with a configuration of the test's own.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { eventually } from './audited-app.js'

const PATH = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }

/** Why tests with rsyslog cannot run here, or false. */
export const withoutRsyslog: string | false = spawnSync('rsyslogd', ['-v'], { env: PATH }).error === undefined ? false : 'rsyslog is not installed on this machine'

export interface Rsyslog {
  readonly process: ChildProcess
  /** Ends it as a service manager would, or kills it. */
  stop (signal?: NodeJS.Signals): Promise<void>
}

/** Lines of a file that rsyslog writes, as they are by now. */
export function linesOf (file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
}

/**
 * Runs until it is stopped, or the test ends.
 *
 * @param port what it listens on; none: it listens to nothing
 */
export async function startRsyslog (t: Test, folder: string, configuration: string, port?: number): Promise<Rsyslog> {
  const file = join(folder, 'rsyslog.conf')
  writeFileSync(file, configuration)
  const child = spawn('rsyslogd', ['-n', '-f', file, '-i', join(folder, 'rsyslog.pid')], { env: PATH, stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'exit')
  async function stop (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    child.kill(signal)
    await ended
  }
  t.teardown(() => stop('SIGKILL'))
  if (port !== undefined && !await eventually(() => isOpen(port))) throw new Error('rsyslog does not listen')
  return { process: child, stop }
}

/** Whether somebody listens there. */
export function isOpen (port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => { socket.destroy(); resolve(true) }).once('error', () => resolve(false))
  })
}
