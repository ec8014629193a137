// Counts what each rule of the settings has done: the events that a filter dropped, that a route
// sent on, from which a rule of `fields` took something. Made by opening.ts; the rules note their
// work while an event is on its way, the trail decides whether it counts.

/** Counters of the rules of one list. */
export interface Counts {
  /** Where they stand among all counters. */
  readonly first: number
  /** The rule, by its position, has done its work on the event that is on its way. Counts once for each event. */
  note (rule: number): void
  /** The same rules have been at work as those of `others`, which are as many. */
  noteLike (others: Counts): void
  /** So many events for each rule, in their order. */
  read (): number[]
}

/**
 * All counters of a trail. An event that a layout refuses goes through the rules twice: what is
 * noted counts when the event has been through. Noting allocates nothing.
 */
export class Tally {
  readonly #counts: number[] = []
  /** The number of the event on which each rule was last at work. */
  readonly #lastEvents: number[] = []
  /** The rules that are noted for the event on its way; the first `#noted` entries count. */
  readonly #rules: number[] = []
  #noted = 0
  #event = 1

  /** Counters for so many rules. To be called at start. */
  countsFor (rules: number): Counts {
    const first = this.#counts.length
    for (let i = 0; i < rules; i++) {
      this.#counts.push(0)
      this.#lastEvents.push(0)
      this.#rules.push(0)
    }
    return {
      first,
      note: rule => this.#note(first + rule),
      noteLike: others => {
        for (let i = 0; i < rules; i++) if (this.#lastEvents[others.first + i] === this.#event) this.#note(first + i)
      },
      read: () => this.#counts.slice(first, first + rules)
    }
  }

  #note (rule: number): void {
    if (this.#lastEvents[rule] === this.#event) return
    this.#lastEvents[rule] = this.#event
    this.#rules[this.#noted++] = rule
  }

  /** An event sets out: what was noted of one that did not get through is forgotten. */
  begin (): void {
    this.#noted = 0
    this.#event++
  }

  /** It is through: what was noted counts. */
  commit (): void {
    for (let i = 0; i < this.#noted; i++) this.#counts[this.#rules[i]!]!++
    this.#noted = 0
  }
}
