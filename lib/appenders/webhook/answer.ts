// What the answer to a webhook means for the events of its request. Used by sender.ts;
// docs/configuration.md has the same table.

/** `refused`: for what the request holds, and it will be again. `again`: for a reason that may pass, or that an operator has to mend. */
export type Meaning = 'taken' | 'refused' | 'again'

/** Answers that are about what was sent: not understood, too large, of the wrong kind, not valid. */
const ABOUT_THE_CONTENT = [400, 413, 415, 422]

/** @param status of HTTP */
export function meaningOf (status: number): Meaning {
  if (status >= 200 && status < 300) return 'taken'
  return ABOUT_THE_CONTENT.includes(status) ? 'refused' : 'again'
}
