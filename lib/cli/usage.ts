// What `npx fastify-audit --help` prints. docs/command-line.md is held against it.

export const USAGE = `Usage: npx fastify-audit <command>

  check-config <file>
      Reads the settings as the application does at start, and prints what is in force,
      without secrets; or all faults, each with file, line and column.

  explain <event> --config <file> [--json]
      Says what becomes of an event: which rule takes or drops it, which appenders have it,
      and the lines that they would write. <event> is a file that holds an event as JSON, or
      lines of a log; "-": standard input. --json: a line of JSON for each event.

  hash <value> --config <file>
  hash <value> --key-file <file>
      Prints what stands in the log for a value of which fields.hash records only the keyed
      hash. "-": the value is read from standard input.

Exit status: 0 as it should be; 1 a fault of the settings, or what a command was given cannot
be read; 2 the command line is not usable.
`
