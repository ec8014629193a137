// Follows what hands out its items one by one: async generators and other async iterables,
// and object streams of Node. Whoever takes an item has it recorded first. Called by run.ts.
import { createFacade } from './facade.js'
import { isObject } from './object-reference.js'

/** What is told about the items. None of these may throw. */
export interface Follower {
  /** An item has come and is handed over when this has resolved. */
  taken (item: unknown): Promise<void>
  /** The same where nobody can wait. */
  takenNow (item: unknown): void
  /** There are no more items, because of an error. The taker gets it when this has resolved. */
  failed (error: unknown): Promise<void>
  /** Items are being taken by a method that cannot be followed. Told once. */
  unseen (method: string): void
}

interface ObjectStream {
  emit (event: string | symbol, ...args: unknown[]): boolean
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

/** The same iterable, whose items are recorded. Its other properties and methods stay as they are. */
export function follow (items: object, follower: Follower): object {
  return isStream(items) ? followStream(items, follower) : followIterable(items, follower)
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

function followIterable (items: object, follower: Follower): object {
  // Whether its `next()` is an iterator's: a cursor's may hand out items bare. Asking for the
  // iterator to find out would lock some streams.
  let isIterator = (items as AsyncIterable<unknown>)[ITERATOR] === BUILT_IN_ITERATOR
  let isTold = false
  const facade: object = createFacade(items, (key, method) => {
    if (key === ITERATOR) {
      return (...args) => {
        const iterator = Reflect.apply(method, items, args) as object
        isIterator ||= iterator === items
        return iterator === items ? facade : followSteps(iterator, follower)
      }
    }
    if (typeof key === 'symbol' || QUIET.includes(key)) return undefined
    const follows = STEPS.includes(key) ? step(items, method, follower) : undefined
    return (...args) => {
      if (isIterator && follows !== undefined) return follows(...args)
      const result: unknown = Reflect.apply(method, items, args)
      if (result !== items && !isTold) {
        isTold = true
        follower.unseen(key as string)
      }
      return result
    }
  })
  return facade
}

function followSteps (iterator: object, follower: Follower): object {
  return createFacade(iterator, (key, method) => STEPS.includes(key) ? step(iterator, method, follower) : undefined)
}

function step (iterator: object, method: (...args: unknown[]) => unknown, follower: Follower): Step {
  return async (...args) => {
    let result: IteratorResult<unknown>
    try {
      result = await (Reflect.apply(method, iterator, args) as ReturnType<Step>)
    } catch (error) {
      await follower.failed(error)
      throw error
    }
    if (isObject(result) && result.done !== true) await follower.taken(result.value)
    return result
  }
}

function isStream (value: object): value is object & ObjectStream & Record<PropertyKey, unknown> {
  return ['emit', 'pipe', 'read'].every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
}
