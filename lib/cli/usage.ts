// What `npx fastify-audit --help` prints. docs/command-line.md is held against it.

export const USAGE = `Usage: npx fastify-audit <command>

  check-config <file>
      Reads the settings as the application does at start, and prints what is in force,
      without secrets; or all faults, each with file, line and column.

  hash <value> --key-file <file>
      Prints the hash that stands in the log for a value. "-": the value is read from
      standard input.

Exit status: 0 as it should be; 1 a fault of the settings, or what a command was given cannot
be read; 2 the command line is not usable.
`
