// What a command has of the process around it. `process` itself is one; tests hand in others.

/** How a command ends: 0 as it should, 1 what was asked about is not in order, 2 the command line is not usable. */
export type ExitCode = 0 | 1 | 2

export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly stdout: { write (text: string): unknown }
  readonly stderr: { write (text: string): unknown }
}
