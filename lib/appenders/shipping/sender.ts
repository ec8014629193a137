// What the forwarder and the appenders of a network speak to each other in. Types only. The
// forwarder reads events from the spool, in order; a sender brings a batch of them to the
// other side and says what has become of each.

/** An event as it stands in the spool. */
export interface ShippedEvent {
  /**
   * The key by which the other side knows an event that it has already: its `event.id`, or, where
   * the layout does not show one, 32 hexadecimal digits that are the same whenever the event is sent.
   */
  readonly id: string
  /** The time of the event, milliseconds since the epoch. */
  readonly time: number
  /** The line of the layout, without its line feed. */
  readonly line: string
}

/**
 * What has become of an event: the other side has it (also when it had it before); it has not
 * taken it, and is asked again; or it will never take it because of what it holds, and why.
 */
export type Verdict = 'delivered' | 'again' | { readonly rejected: string }

/** Why nothing is known about a batch: no connection, no answer, an answer about the whole of it. All of it is sent again. */
export interface SendFailure extends Error {
  /** The other side asks not to be asked again for so many milliseconds. */
  readonly retryAfter?: number
  /**
   * True when the batch as a whole was refused for its size, or for something in it that the answer
   * does not name: it is sent again at once, in halves, and an event that is refused alone is rejected.
   */
  readonly isTooMuch?: boolean
  /** What is known about events of the batch all the same, in their order: those of which nothing is known are `again`. @default all are */
  readonly verdicts?: readonly Verdict[]
}

/** Brings events to the other side. Called with one batch at a time, never again before the promise has settled. */
export interface Sender {
  /**
   * Sends a batch, in order.
   *
   * @param signal aborts when the application ends: what is under way may be given up, it is sent again at the next start
   * @returns a verdict for each of the events, in their order
   * @throws {SendFailure} (as a rejection) the batch as a whole has failed; its message is shown, and must not hold a secret
   */
  send (events: readonly ShippedEvent[], signal: AbortSignal): Promise<readonly Verdict[]>
  /** Lets go of its connections. Called once, after the last `send` has settled. */
  close (): Promise<void>
}
