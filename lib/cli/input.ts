// Standard input, for the commands that are given `-`.
import type { Terminal } from './terminal.js'

/** All of standard input, as UTF-8. */
export async function readInput ({ stdin }: Pick<Terminal, 'stdin'>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
