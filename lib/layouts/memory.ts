// The JSON of objects that recur from event to event and never change: users, sessions, addresses
// and headers, as the facts of requests hold them. It is kept on the object itself, which costs
// nothing to find and goes when the object goes. Marked by http/recurring.ts, used by the json layout.
import { joined } from './quote.js'

const JSON_TEXT = Symbol('fastify-audit.json')

interface Remembering {
  [JSON_TEXT]?: string | null
}

/** The same object, marked: its JSON is going to be asked for again, and it never changes. */
export function recurring<T extends object> (object: T): T {
  // Not enumerable, so that nobody else sees it and no copy has it.
  return Object.defineProperty(object, JSON_TEXT, { value: null, writable: true })
}

/** What `write` makes of an object; for one that is marked it is called once. Always with the same `write` for the same object. */
export function remembered<T extends object> (object: T, write: (object: T) => string): string {
  const known = (object as Remembering)[JSON_TEXT]
  if (typeof known === 'string') return known
  if (known === undefined) return write(object)
  const json = joined(write(object))
  ;(object as Remembering)[JSON_TEXT] = json
  return json
}

/** A text that is made for whatever comes next, and is one string from the second time on that it is asked for: what comes once need not be joined. */
export class LastText {
  #text = ''
  #isJoined = false

  set (text: string): string {
    this.#isJoined = false
    return (this.#text = text)
  }

  again (): string {
    if (!this.#isJoined) this.#text = joined(this.#text)
    this.#isJoined = true
    return this.#text
  }
}
