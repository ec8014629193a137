import { test } from 'tap'
import { USAGE } from '../../lib/cli/usage.js'
import { runCommand } from '../support/terminal.js'

test('who asks for help gets it, and who asks for nothing is told how to ask', async t => {
  for (const args of [['help'], ['--help'], ['-h'], ['hash', '--help']]) t.same(await runCommand(args), { code: 0, printed: USAGE, said: '' }, args.join(' '))
  t.same(await runCommand([]), { code: 2, printed: '', said: USAGE })
})

test('a command line that is not usable is told apart from a result, and nothing of it is repeated that may be secret', async t => {
  for (const args of [
    ['chek-config'], ['toString'], ['__proto__'], ['check-config'], ['check-config', 'a', 'secret-b'], ['check-config', '--secret'],
    ['hash', 'secret-a'], ['hash'], ['explain', 'secret-a'], ['explain', '--config', 'a'], ['hash', 'secret-a', '--key-file'], ['hash', 'secret-a', '--key-file', 'a', '--config', 'b'], ['hash', 'secret-a', '--key=secret-b'], ['hash', 'secret-a', '--key', 'secret-b']
  ]) {
    const { code, printed, said } = await runCommand(args)
    t.equal(code, 2, args.join(' '))
    t.equal(printed, '')
    t.match(said, /^fastify-audit [\w-]+: .+\n/)
    t.ok(said.endsWith(`\n\n${USAGE}`))
    t.notMatch(said, /secret-/)
  }
  t.match((await runCommand(['chek-config'])).said, 'expected one of check-config, explain, hash')
})
