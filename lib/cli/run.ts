// The command line: finds the command, and tells a wrong call from a wrong result. Called by
// ../cli.ts, which is what `npx fastify-audit` starts.
import { Misuse } from './arguments.js'
import { checkConfig } from './check-config.js'
import { explainCommand } from './explain.js'
import { hash } from './hash.js'
import type { ExitCode, Terminal } from './terminal.js'
import { USAGE } from './usage.js'

type Command = (args: readonly string[], terminal: Terminal) => ExitCode | Promise<ExitCode>

const COMMANDS: Readonly<Record<string, Command>> = { 'check-config': checkConfig, explain: explainCommand, hash }

/**
 * Runs one command. What was asked for goes to standard output, what is wrong to standard error.
 *
 * @returns 0: it is as it should be; 1: it is not, or cannot be read; 2: the command line is not usable
 */
export async function run (args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args
  if (name === undefined || rest[0] === '--help' || ['help', '--help', '-h'].includes(name)) {
    terminal[name === undefined ? 'stderr' : 'stdout'].write(USAGE)
    return name === undefined ? 2 : 0
  }
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (command === undefined) throw new Misuse(`expected one of ${Object.keys(COMMANDS).join(', ')}, got ${JSON.stringify(name)}`)
    return await command(rest, terminal)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    const isMisuse = error instanceof Misuse || code.startsWith('ERR_PARSE_ARGS_')
    if (!isMisuse && !code.startsWith('AUDIT_ERR_')) throw error
    terminal.stderr.write(isMisuse ? `fastify-audit ${name}: ${message}\n\n${USAGE}` : `${message}\n`)
    return isMisuse ? 2 : 1
  }
}
