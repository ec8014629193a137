// Follows what hands out its items one by one: async generators and other async iterables,
// and object streams of Node. Whoever takes an item has it recorded first. Called by run.ts.
import { Readable } from 'node:stream'
import { createFacade, standFor } from './facade.js'
import { isObject } from './object-reference.js'

/** What is told about the items. None of these may throw. */
export interface Follower {
  /** True when nothing may come out before it is acknowledged, whichever way it is taken. */
  readonly waits: boolean
  /** An item has come and is handed over when this has resolved; when it rejects, the taker gets the error in its place. */
  taken (item: unknown): Promise<void>
  /** The same where nobody has to wait, and nobody could. */
  takenNow (item: unknown): void
  /** There are no more items, because of an error. The taker gets it when this has resolved. */
  failed (error: unknown): Promise<void>
  /** Items are being taken by a method that cannot be followed; as `taken`, where somebody waits. */
  unseen (method: string): Promise<void>
}

interface ObjectStream extends AsyncIterable<unknown> {
  emit (event: string | symbol, ...args: unknown[]): boolean
  on (event: string, listener: (error: Error) => void): void
  destroy (): void
}

const ITERATOR: typeof Symbol.asyncIterator = Symbol.asyncIterator
// What async generators, and the async iterators of the language, inherit: it returns the iterator itself.
const BUILT_IN_ITERATOR = (async function * () {})()[ITERATOR]

type Step = (...args: unknown[]) => Promise<IteratorResult<unknown>>

const STEPS: readonly PropertyKey[] = ['next', 'return', 'throw']
// Methods of cursors, iterators and streams by which nothing is taken.
const QUIET: readonly PropertyKey[] = ['close', 'destroy', 'cancel', 'constructor', 'on', 'once', 'off', 'toString', 'hasOwnProperty', 'isPrototypeOf', 'valueOf']

/** Whether items are recorded as they are taken. A stream of bytes is one thing, not many: it is recorded as a whole. */
export function isFollowable (result: unknown): result is object {
  if (!isObject(result) || typeof result[ITERATOR] !== 'function') return false
  return !isStream(result) || result.readableObjectMode === true
}

/**
 * The same iterable, whose items are recorded. Its other properties and methods stay as they
 * are; where items have to wait, a stream is another one behind it, and methods that cannot be
 * followed return promises.
 */
export function follow (items: object, follower: Follower): object {
  if (!isStream(items)) return followIterable(items, follower)
  return follower.waits ? streamBehind(items, follower) : followStream(items, follower)
}

// A stream of Node emits each item as `data` whichever way it is taken: by read(), pipe(), an
// async iterator or a listener. So this is the one place that sees every item once.
function followStream (stream: object & ObjectStream, follower: Follower): object {
  const { emit } = stream
  const value = function (this: unknown, event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'data') follower.takenNow(args[0])
    if (event === 'error') follower.failed(args[0])
    return Reflect.apply(emit, this, [event, ...args]) as boolean
  }
  return Object.defineProperty(stream, 'emit', { value, configurable: true, writable: true })
}

// A stream of Node hands its items out synchronously, so what has to wait comes out of another
// one, which takes an item only when it is asked for one: what is not taken is not recorded.
function streamBehind (stream: ObjectStream, follower: Follower): Readable {
  const items = stream[ITERATOR]()
  const behind = new Readable({
    objectMode: true,
    highWaterMark: 0,
    read () {
      next().catch((error: Error) => { behind.destroy(error) })
    },
    destroy (error, done) {
      stream.destroy()
      if (error === null) done(null)
      else follower.failed(error).then(() => { done(error) })
    }
  })
  async function next (): Promise<void> {
    const { done, value } = await items.next()
    if (done !== true) await follower.taken(value)
    behind.push(done === true ? null : value)
  }
  // It may fail before its first item is asked for.
  stream.on('error', (error) => { behind.destroy(error) })
  return behind
}

function followIterable (items: object, follower: Follower): object {
  // Whether its `next()` is an iterator's: a cursor's may hand out items bare. Asking for the
  // iterator to find out would lock some streams.
  let isIterator = (items as AsyncIterable<unknown>)[ITERATOR] === BUILT_IN_ITERATOR
  const facade: object = createFacade(items, (key, method) => {
    if (key === ITERATOR) {
      return (...args) => {
        const iterator = Reflect.apply(method, items, args) as object
        isIterator ||= iterator === items
        return iterator === items ? facade : followSteps(iterator, follower)
      }
    }
    if (typeof key === 'symbol' ? key !== Symbol.iterator : QUIET.includes(key)) return undefined
    const follows = STEPS.includes(key) ? step(items, method, follower) : undefined
    return (...args) => {
      if (isIterator && follows !== undefined) return follows(...args)
      const result: unknown = Reflect.apply(method, items, args)
      if (result === items) return facade
      const told = follower.unseen(String(key))
      return standFor(items, facade, follower.waits ? Promise.all([result, told]).then(([handedOver]) => handedOver) : result)
    }
  })
  return facade
}

function followSteps (iterator: object, follower: Follower): object {
  return createFacade(iterator, (key, method) => STEPS.includes(key) ? step(iterator, method, follower) : undefined)
}

function step (iterator: object, method: (...args: unknown[]) => unknown, follower: Follower): Step {
  // A loop takes an iterator that has thrown for closed, and does not close it.
  async function closed (error: unknown): Promise<never> {
    try {
      await (iterator as AsyncIterator<unknown>).return?.()
    } catch {
      // Why nothing is handed over says more.
    }
    throw error
  }
  return async (...args) => {
    let result: IteratorResult<unknown>
    try {
      result = await (Reflect.apply(method, iterator, args) as ReturnType<Step>)
    } catch (error) {
      await follower.failed(error)
      throw error
    }
    if (isObject(result) && result.done !== true) await follower.taken(result.value).catch(closed)
    return result
  }
}

function isStream (value: object): value is object & ObjectStream & Record<PropertyKey, unknown> {
  return ['emit', 'pipe', 'read'].every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
}
