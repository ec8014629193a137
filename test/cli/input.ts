import { Readable } from 'node:stream'
import { test } from 'tap'
import { readInput } from '../../lib/cli/input.js'

test('standard input is read whole, also where a character is split between two reads', async t => {
  const bytes = Buffer.from('é\n漢')
  t.equal(await readInput({ stdin: Readable.from([...bytes].map(byte => Buffer.of(byte))) }), 'é\n漢')
  t.equal(await readInput({ stdin: Readable.from([]) }), '')
})
