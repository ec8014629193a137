import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'tap'
import { STOP_EXIT_CODE } from '../../lib/process/stopping.js'
import { PLAIN } from '../support/plain-node.js'

const CHILD = join(import.meta.dirname, '../fixtures/stops.js')

const run = (...args: string[]): Promise<{ code: unknown, stdout: string }> => new Promise(resolve => {
  execFile('env', [...PLAIN, process.execPath, CHILD, ...args], (error, stdout) => resolve({ code: error?.code, stdout }))
})

test('the application is closed, says why, and the process ends with a code of its own', async t => {
  const { code, stdout } = await run()
  t.equal(code, STOP_EXIT_CODE)
  t.match(stdout, /"level":60.*disk is full.*on_failure says stop/)
  t.match(stdout, /\nclosed\n/)
})

test('an application that does not come to its end is ended', async t => {
  t.equal((await run('hangs')).code, STOP_EXIT_CODE)
})
