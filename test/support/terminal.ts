// A terminal that keeps what a command prints.
import { run } from '../../lib/cli/run.js'

export interface Ran { readonly code: number, readonly printed: string, readonly said: string }

/** Runs a command line in this process. */
export async function runCommand (args: readonly string[], input = ''): Promise<Ran> {
  let printed = ''
  let said = ''
  const code = await run(args, {
    stdin: (async function * () { yield input })(),
    stdout: { write (text) { printed += text } },
    stderr: { write (text) { said += text } }
  })
  return { code, printed, said }
}
