import { spawnSync } from 'node:child_process'
import { test } from 'tap'

test('a line comes out on standard error, and a closed one is no fault', async t => {
  const url = new URL('../../dist/process/last-rung.js', import.meta.url).href
  const script = `import { writeToStandardError } from '${url}'; writeToStandardError('one\\n'); process.stderr.destroy(); writeToStandardError('two\\n'); console.log('goes on')`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env: {} })
  t.same([stdout, stderr, status], ['goes on\n', 'one\n', 0])
})
