import { test } from 'tap'
import { Misuse, oneArgument } from '../../lib/cli/arguments.js'

test('a command has one argument, and what comes instead is counted, never quoted', async t => {
  t.equal(oneArgument(['audit.yml'], 'file'), 'audit.yml')
  t.throws(() => oneArgument([], 'file'), new Misuse('expected one file, got none'))
  t.throws(() => oneArgument(['ann', 'secret'], 'value'), new Misuse('expected one value, got 2'))
})
