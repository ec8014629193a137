// Who a request belongs to: the application's answers about its user, session and space. They
// are asked for as often as they do not know yet, and not again once they do: an event said
// before the login must not freeze "no user" for the events after it.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { AuditUser, ScopeFacts } from '../contracts.js'
import { messageOf, plainText } from '../layouts/plain.js'
import { isAsyncFunction } from '../trail/promises.js'
import type { Recurring } from './recurring.js'

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

const NAMES = ['user', 'session', 'space'] as const
type Name = typeof NAMES[number]

interface Question<Request> {
  readonly name: Name
  readonly resolver: (request: Request) => unknown
  /** Following what a function does later costs every request; only functions that say so do something later. */
  readonly isAsync: boolean
}

/** What there is to be asked about each request of an application. */
export interface Questions<Request> {
  readonly all: readonly Question<Request>[]
  /** Whose questions the running code is answering, in `async` resolvers. */
  readonly answering: AsyncLocalStorage<object>
  readonly recurring: Recurring
}

export function createQuestions<Request> (resolvers: Resolvers<Request>, recurring: Recurring): Questions<Request> {
  const all: Question<Request>[] = []
  for (const name of NAMES) {
    const resolver = resolvers[name]
    if (resolver !== undefined) all.push({ name, resolver, isAsync: isAsyncFunction(resolver) })
  }
  return { all, answering: new AsyncLocalStorage(), recurring }
}

/** What is known; a fact object each time that this changes. */
export interface Identity {
  readonly user?: AuditUser
  readonly kibana?: ScopeFacts['kibana']
  readonly error?: ScopeFacts['error']
}

/** The answers about one request. */
export class IdentityOf<Request> {
  readonly #questions: Questions<Request>
  readonly #request: Request
  #waitingFor: Partial<Record<Name, Promise<string | null>>> | null = null
  #user: AuditUser | undefined
  #session: string | undefined
  #space: string | undefined
  #unknown: number
  #isAsking = false
  #identity: Identity | null = null

  constructor (questions: Questions<Request>, request: Request) {
    this.#questions = questions
    this.#request = request
    this.#unknown = questions.all.length
  }

  /** What is known by now; a promise only while an answer is under way. The same object until more becomes known. */
  now (): Identity | Promise<Identity> {
    if (this.#unknown === 0 || this.isAskingNow()) return this.#known()
    let underWay: Promise<string | null>[] | null = null
    let error: string | null = null
    for (const question of this.#questions.all) {
      if (this.#knows(question.name)) continue
      const answer = this.#waitingFor?.[question.name] ?? this.#ask(question)
      if (typeof answer === 'string') error ??= answer
      else if (answer !== null) (underWay ??= []).push(answer)
    }
    if (underWay === null) return this.#with(error)
    return Promise.all(underWay).then(errors => this.#with(error ?? errors.find(message => message !== null) ?? null))
  }

  /**
   * True for what a resolver itself does, now or later: its events are recorded with what is
   * known without it. To wait for its answer would be to wait for themselves.
   */
  isAskingNow (): boolean {
    return this.#isAsking || this.#questions.answering.getStore() === this
  }

  /** What is known without waiting; what is still asked for is an error, unless a resolver wants to know. */
  atOnce (): Identity {
    const names = Object.keys(this.#waitingFor ?? {})
    return this.#with(names.length === 0 || this.isAskingNow() ? null : `${names.join(', ')}: no answer in time`)
  }

  #knows (name: Name): boolean {
    return (name === 'user' ? this.#user : name === 'session' ? this.#session : this.#space) !== undefined
  }

  /** Null when the answer is in, what went wrong as text, or a promise of one of the two. */
  #ask (question: Question<Request>): null | string | Promise<string | null> {
    const { name } = question
    try {
      const answer = this.#answer(question)
      if (!isThenable(answer)) return this.#learn(name, answer)
      const waitingFor = this.#waitingFor ??= {}
      const learned = Promise.resolve(answer).then(value => this.#learn(name, value)).catch((error: unknown) => `${name}: ${messageOf(error)}`)
        .finally(() => { delete waitingFor[name] })
      waitingFor[name] = learned
      return learned
    } catch (error) {
      return `${name}: ${messageOf(error)}`
    }
  }

  #answer ({ resolver, isAsync }: Question<Request>): unknown {
    if (isAsync) return this.#questions.answering.run(this, () => resolver(this.#request))
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
      this.#user = this.#questions.recurring.userOf(answer)
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
      kibana: this.#space === undefined && this.#session === undefined ? undefined : this.#questions.recurring.kibanaOf(this.#space, this.#session),
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
