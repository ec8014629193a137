// What the commands have in common about their arguments. Thrown and called by the commands;
// run.ts tells a `Misuse`.

/** What is wrong with how a command was called: never what came, which may be a secret. It has no code of its own, because it never leaves the process. */
export class Misuse extends Error {}

/**
 * The one argument of a command.
 *
 * @throws {Misuse} there is none, or more than one
 */
export function oneArgument (positionals: readonly string[], what: string): string {
  const [argument] = positionals
  if (argument === undefined || positionals.length > 1) throw new Misuse(`expected one ${what}, got ${positionals.length === 0 ? 'none' : positionals.length}`)
  return argument
}
