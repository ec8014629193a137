// What is to happen when an event cannot be recorded.

/** What is to happen when an event cannot be recorded. */
export type FailurePolicy = 'continue' | 'block' | 'stop'

/** The kinds of events that may have a policy of their own. */
export type FailureClass = 'writes' | 'reads' | 'http' | 'authentication'

/** What `on_failure` says about an operation and the acknowledgement of its event. */
export interface OnFailure {
  /** True when operations of this kind have to wait for their record. */
  holds (kind: FailureClass): boolean
  /**
   * Resolves when the operation may go on: its event is acknowledged, or the policy is `continue`.
   *
   * @throws {AUDIT_ERR_BLOCKED} (as a rejection) it may not; status 503, with `Retry-After`
   */
  mayGoOn (kind: FailureClass, acknowledged: Promise<unknown>): Promise<void>
  /**
   * What an operation is refused with when its event is not acknowledged because of `cause`: an
   * AUDIT_ERR_BLOCKED; null where it goes on. For who waits himself, which saves a promise.
   */
  refusal (kind: FailureClass, cause: unknown): Error | null
}
