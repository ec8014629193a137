// The promise of `on_failure: stop`, over a whole application on a disk that is really full: the
// operation is refused before it runs, the application is closed, the process ends with its code.
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type Test } from 'tap'
import type { AuditStatus } from '../../lib/contracts.js'
import { STOP_EXIT_CODE } from '../../lib/process/stopping.js'
import { eventually, readEvents } from '../support/audited-app.js'
import { smallDisk, type SmallDisk } from '../support/faults.js'
import { spawnPlain } from '../support/plain-node.js'

const CHILD = join(import.meta.dirname, '../fixtures/serves.js')

interface Served {
  readonly pid: number
  /** What it has printed. */
  readonly lines: string[]
  /** How the process ended. */
  readonly ended: Promise<[code: number | null, signal: string | null]>
}

function serve (t: Test, disk: SmallDisk, onFailure: string | object): Served & { readonly file: string } {
  const file = join(disk.directory, 'audit.log')
  const section = { on_failure: onFailure, queue: { timeout: '2s' }, appender: { type: 'file', fileName: file, layout: { type: 'json' } } }
  const child = spawnPlain([CHILD, JSON.stringify(section)], ['ignore', 'pipe', 'inherit'])
  t.teardown(() => { child.kill('SIGKILL') })
  const lines: string[] = []
  createInterface(child.stdout!).on('line', line => { lines.push(line) })
  return { pid: child.pid!, lines, file, ended: once(child, 'close') as Served['ended'] }
}

for (const onFailure of ['stop', { writes: 'stop' }]) {
  test(`with on_failure ${JSON.stringify(onFailure)}, a write that cannot be recorded is refused and the application ends`, async t => {
    const disk = await smallDisk(t)
    const { pid, lines, file, ended } = serve(t, disk, onFailure)
    const port = await eventually(() => lines.find(line => line.startsWith('listening '))?.slice('listening '.length))
    const ask = (method: string, path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`, { method })
    const acknowledged: string[] = []
    async function write (): Promise<Response> {
      const response = await ask('PUT', `/objects/${acknowledged.length}`)
      if (response.status === 200) acknowledged.push(String(acknowledged.length))
      return response
    }

    for (let i = 0; i < 20; i++) t.equal((await write()).status, 200)
    await disk.fill(pid)
    if (typeof onFailure === 'object') {
      // What has no policy to stop goes on, and fills the last block of the file.
      const status = await eventually(async () => {
        const now = await (await ask('GET', '/status')).json() as AuditStatus
        return now.state === 'blocked' && now
      })
      t.match(status, { lastError: { message: new RegExp(disk.code) } }, 'the disk is full, and the process goes on')
    }
    const refusal = await eventually(async () => {
      const response = await write()
      return response.status !== 200 && response
    })
    t.match(refusal, { status: 503 })
    t.equal((refusal as Response).headers.get('retry-after'), '2')
    t.match(await (refusal as Response).json(), { code: 'AUDIT_ERR_BLOCKED' })

    t.same(await ended, [STOP_EXIT_CODE, null])
    t.equal(lines.filter(line => line === 'closed').length, 1, 'the application was closed, with its hooks')
    t.same(lines.filter(line => line.startsWith('wrote ')), acknowledged.map(id => `wrote ${id}`), 'what was refused did not run')
    const written = readEvents(t, file) as unknown as { event: { action: string }, kibana: { saved_object: { id: string } } }[]
    t.same(written.filter(({ event }) => event.action === 'saved_object_update').map(({ kibana }) => kibana.saved_object.id), acknowledged, 'and what had been acknowledged is there, once and in order')
  })
}

test('with on_failure stop, a start on a disk that is full is refused', { skip: process.geteuid!() === 0 ? false : 'only a superuser can have a disk on which no file can be made' }, async t => {
  const disk = await smallDisk(t, 0)
  const { lines, ended } = serve(t, disk, 'stop')
  t.same(await ended, [1, null])
  t.equal(lines.length, 1)
  t.match(lines.find(line => line.startsWith('refused')), /^refused AUDIT_ERR_APPENDER_OPEN: .*ENOSPC/)
})
