// A real PostgreSQL for one test file, in a folder of its own on a unix socket, where the
// machine has the binaries. Called by the tests of the example; no test itself, hence `.mts`.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'

const INSTALLED = '/usr/lib/postgresql'

export interface PostgresServer {
  readonly url: string
  stop (): Promise<void>
}

/** Starts a server, or returns the reason why none can be had on this machine. */
export async function startPostgres (): Promise<PostgresServer | string> {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort((one, other) => Number(other) - Number(one)) : []
  const binaries = versions.map((version) => join(INSTALLED, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb')))
  if (binaries === undefined) return 'PostgreSQL is not installed on this machine'

  // initdb refuses root: as root, become the user that the package has made.
  const prefix: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'audit-pg-'))
  if (process.getuid?.() === 0) {
    const ids = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout || NaN))
    const [uid = NaN, gid = NaN] = ids
    if (Number.isNaN(uid) || Number.isNaN(gid)) return 'PostgreSQL refuses to run as root, and there is no user "postgres"'
    chownSync(folder, uid, gid)
    prefix.push('setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups')
  }
  const data = join(folder, 'data')
  const [initdb = '', ...initArguments] = [...prefix, join(binaries, 'initdb'), '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  const made = spawnSync(initdb, initArguments, { cwd: folder, encoding: 'utf8' })
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    return `initdb failed: ${made.stderr || made.error?.message}`
  }
  const [postgres = '', ...serverArguments] = [...prefix, join(binaries, 'postgres'), '-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off']
  const server = spawn(postgres, serverArguments, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => { said += text })

  const url = `postgres://postgres@${encodeURIComponent(folder)}/postgres`
  async function stop (): Promise<void> {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGINT')
      await once(server, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await answers(url)) return { url, stop }
    if (server.exitCode !== null) break
    await wait(100)
  }
  await stop()
  return `PostgreSQL did not start: ${said}`
}

async function answers (url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
