// Who a request belongs to: the application's answers about its user, session and space. They
// are asked for as often as they do not know yet, and not again once they do: an event said
// before the login must not freeze "no user" for the events after it.
import type { AsyncLocalStorage } from 'node:async_hooks'
import type { AuditUser, ScopeFacts } from '../contracts.js'
import { messageOf, plainText } from '../layouts/plain.js'

/** An answer that may take time. Nothing (`undefined`, `null`, `false`, `''`) means: not known yet. */
export type Answer<T> = T | null | undefined | false | '' | Promise<T | null | undefined | false | ''>

/**
 * What the application can say about a request. A resolver that itself says events of the
 * request, and awaits them, has to be an `async` function: in what else returns a promise its
 * events are not told apart from those that wait for its answer.
 */
export interface Resolvers<Request> {
  /** Who acts. ECS user fields are recorded, anything else is left out. */
  readonly user?: (request: Request) => Answer<AuditUser>
  /** The id of the session: one that may be known, not the secret in the cookie. `kibana.session_id`. */
  readonly session?: (request: Request) => Answer<string>
  /** `kibana.space_id`. */
  readonly space?: (request: Request) => Answer<string>
}

const ASYNC_FUNCTION: unknown = Object.getPrototypeOf(async () => {})

/** Whose questions the running code is answering, in `async` resolvers. One for each application. */
export type Answering = AsyncLocalStorage<object>

const NAMES = ['user', 'session', 'space'] as const
type Name = typeof NAMES[number]

/** What is known; a fact object each time that this changes. */
export interface Identity {
  readonly user?: AuditUser
  readonly kibana?: ScopeFacts['kibana']
  readonly error?: ScopeFacts['error']
}

/** The answers about one request. */
export class IdentityOf<Request> {
  readonly #resolvers: Resolvers<Request>
  readonly #request: Request
  readonly #answering: Answering
  readonly #waitingFor: Partial<Record<Name, Promise<string | null>>> = {}
  #user: AuditUser | undefined
  #session: string | undefined
  #space: string | undefined
  #unknown: number
  #isAsking = false
  #identity: Identity | null = null

  constructor (resolvers: Resolvers<Request>, request: Request, answering: Answering) {
    this.#resolvers = resolvers
    this.#request = request
    this.#answering = answering
    this.#unknown = NAMES.length
    for (const name of NAMES) if (resolvers[name] === undefined) this.#unknown--
  }

  /** What is known by now; a promise only while an answer is under way. The same object until more becomes known. */
  now (): Identity | Promise<Identity> {
    if (this.#unknown === 0 || this.isAskingNow()) return this.#known()
    const underWay: Promise<string | null>[] = []
    let error: string | null = null
    for (const name of NAMES) {
      if (!this.#asks(name)) continue
      const answer = this.#waitingFor[name] ?? this.#ask(name)
      if (typeof answer === 'string') error ??= answer
      else if (answer !== null) underWay.push(answer)
    }
    if (underWay.length === 0) return this.#with(error)
    return Promise.all(underWay).then(errors => this.#with(error ?? errors.find(message => message !== null) ?? null))
  }

  /**
   * True for what a resolver itself does, now or later: its events are recorded with what is
   * known without it. To wait for its answer would be to wait for themselves.
   */
  isAskingNow (): boolean {
    return this.#isAsking || this.#answering.getStore() === this
  }

  /** What is known without waiting; what is still asked for is an error, unless a resolver wants to know. */
  atOnce (): Identity {
    const names = Object.keys(this.#waitingFor)
    return this.#with(names.length === 0 || this.isAskingNow() ? null : `${names.join(', ')}: no answer in time`)
  }

  #asks (name: Name): boolean {
    if (this.#resolvers[name] === undefined) return false
    return (name === 'user' ? this.#user : name === 'session' ? this.#session : this.#space) === undefined
  }

  /** Null when the answer is in, what went wrong as text, or a promise of one of the two. */
  #ask (name: Name): null | string | Promise<string | null> {
    try {
      const answer = this.#answer(this.#resolvers[name]!)
      if (!isThenable(answer)) return this.#learn(name, answer)
      const learned = Promise.resolve(answer).then(value => this.#learn(name, value)).catch((error: unknown) => `${name}: ${messageOf(error)}`)
        .finally(() => { delete this.#waitingFor[name] })
      this.#waitingFor[name] = learned
      return learned
    } catch (error) {
      return `${name}: ${messageOf(error)}`
    }
  }

  #answer (resolver: (request: Request) => unknown): unknown {
    // Following what a function does later costs every request; only functions that say so do something later.
    if (Object.getPrototypeOf(resolver) === ASYNC_FUNCTION) return this.#answering.run(this, () => resolver(this.#request))
    this.#isAsking = true
    try {
      return resolver(this.#request)
    } finally {
      this.#isAsking = false
    }
  }

  #learn (name: Name, answer: unknown): null | string {
    if (answer === undefined || answer === null || answer === false || answer === '') return null
    if (name === 'user') {
      if (typeof answer !== 'object') return `user: expected an object such as { id, name, roles }, got a ${typeof answer}`
      this.#user = userFields(answer as Record<string, unknown>)
    } else {
      if (typeof answer !== 'string' && typeof answer !== 'number') return `${name}: expected a string, got a ${typeof answer}`
      const text = plainText(String(answer))
      if (name === 'session') this.#session = text
      else this.#space = text
    }
    this.#unknown--
    this.#identity = null
    return null
  }

  #known (): Identity {
    return (this.#identity ??= {
      user: this.#user,
      kibana: this.#space === undefined && this.#session === undefined ? undefined : { space_id: this.#space, session_id: this.#session },
      error: undefined
    })
  }

  #with (message: string | null): Identity {
    if (message === null) return this.#known()
    const { user, kibana } = this.#known()
    return { user, kibana, error: { code: 'AUDIT_ERR_SCOPE', message } }
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

/** The ECS fields of a user, and nothing else of what may be a whole row of a database. */
function userFields (user: Record<string, unknown>): AuditUser {
  const fields: Record<string, unknown> = {}
  for (const name of USER_TEXTS) {
    const value = user[name]
    if (value !== undefined && value !== null) fields[name] = plainText(String(value))
  }
  if (Array.isArray(user.roles)) fields.roles = user.roles.map(role => plainText(String(role)))
  return fields
}

const USER_TEXTS = ['id', 'name', 'full_name', 'email', 'domain', 'hash'] as const
