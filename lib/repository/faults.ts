// What the functions of a table have thrown in one call, each of them last: one that fails for every
// item of a long iterable must not make every event longer than the one before. Part of described-call.ts.
import { recordedError } from './refusal.js'

export class Faults {
  #noted: Map<string, string> | null = null

  /** All of them as one text for `labels.audit_fault`; null: there are none. */
  get text (): string | null {
    return this.#noted === null ? null : [...this.#noted].map(([what, fault]) => `${what}: ${fault}`).join('; ')
  }

  /** What a function of the table answers; `undefined` when it throws, which is noted. */
  attempt<T> (what: string, ask: () => T): T | undefined {
    try {
      return ask()
    } catch (error) {
      this.note(what, error)
      return undefined
    }
  }

  note (what: string, error: unknown): void {
    const { code, message } = recordedError(error)
    this.#noted ??= new Map()
    this.#noted.set(what, `${code}: ${message}`)
  }
}
