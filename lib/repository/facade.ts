// An object that stands in front of another: the same properties, the same methods run on the
// object itself (so that its private #fields work), some of them answered differently. Called
// by audit-repository.ts for repositories and by follow.ts for what hands out items. Made for
// each request: classes, because objects of closures cost several times as much.

/** Any method. */
type Method = (...args: unknown[]) => unknown

/**
 * What a call of the method `key` does; `undefined`: what it does on the object itself. What an
 * answer returns is handed out as it is; see `standFor` for the object itself in a promise.
 */
export type Answer = (key: PropertyKey, method: Method) => Method | undefined

/**
 * Stands in front of `target`. A property that holds the target, or a method that returns or
 * promises it, gives the facade instead: what it is hidden behind does not come out that way.
 */
export function createFacade<T extends object> (target: T, answer: Answer): T {
  const handler = new Handler<T>(target, answer)
  // Not around the target, whose frozen properties a proxy could not answer differently.
  return (handler.facade = new Proxy(Object.create(null) as T, handler))
}

class Handler<T extends object> implements ProxyHandler<T> {
  readonly #target: T
  readonly #answer: Answer
  /** The stands of the methods that have been asked for. */
  readonly #methods = new Map<PropertyKey, { readonly method: Method, readonly stand: Method }>()
  facade!: T

  constructor (target: T, answer: Answer) {
    this.#target = target
    this.#answer = answer
  }

  get (_stand: T, key: PropertyKey): unknown {
    const value: unknown = Reflect.get(this.#target, key, this.#target)
    if (value === this.#target) return this.facade
    if (typeof value !== 'function' || key === 'constructor') return value
    const known = this.#methods.get(key)
    if (known?.method === value) return known.stand
    const method = value as Method
    // Around the function itself: its name, length and own properties, and `new`, stay.
    const stand = new Proxy(method, new MethodHandler(this.#target, this.facade, this.#answer(key, method)))
    this.#methods.set(key, { method, stand })
    return stand
  }

  set (_stand: T, key: PropertyKey, value: unknown): boolean { return Reflect.set(this.#target, key, value, this.#target) }

  has (_stand: T, key: PropertyKey): boolean { return Reflect.has(this.#target, key) }

  deleteProperty (_stand: T, key: PropertyKey): boolean { return Reflect.deleteProperty(this.#target, key) }

  ownKeys (): (string | symbol)[] { return Reflect.ownKeys(this.#target) }

  defineProperty (_stand: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    return Reflect.defineProperty(this.#target, key, { configurable: true, ...descriptor })
  }

  getOwnPropertyDescriptor (stand: T, key: PropertyKey): PropertyDescriptor | undefined {
    const descriptor = Reflect.getOwnPropertyDescriptor(this.#target, key)
    if (descriptor === undefined) return undefined
    const stands = 'value' in descriptor
      ? { value: this.get(stand, key), writable: descriptor.writable }
      : { get: () => this.get(stand, key), set: descriptor.set?.bind(this.#target) }
    return { ...stands, enumerable: descriptor.enumerable, configurable: true }
  }

  getPrototypeOf (): object | null { return Reflect.getPrototypeOf(this.#target) }

  setPrototypeOf (_stand: T, prototype: object | null): boolean { return Reflect.setPrototypeOf(this.#target, prototype) }

  // Freezing the facade would freeze an empty object.
  preventExtensions (): boolean { return false }
}

class MethodHandler implements ProxyHandler<Method> {
  readonly #target: object
  readonly #facade: object
  readonly #run: Method | undefined

  constructor (target: object, facade: object, run: Method | undefined) {
    this.#target = target
    this.#facade = facade
    this.#run = run
  }

  apply (method: Method, _this: unknown, args: unknown[]): unknown {
    if (this.#run === undefined) return standFor(this.#target, this.#facade, Reflect.apply(method, this.#target, args))
    const answered = this.#run(...args)
    return answered === this.#target ? this.#facade : answered
  }
}

/** The facade in the place of the target, also where a promise of the language resolves to it; anything else as it is. */
export function standFor (target: object, facade: object, value: unknown): unknown {
  if (value === target) return facade
  // Other kinds of promises are left alone: some begin to work when they are awaited.
  if (!(value instanceof Promise) || Object.getPrototypeOf(value) !== Promise.prototype) return value
  const settled: object = value.then((result: unknown) => result === target ? facade : result)
  // What a promise has beside its value stays: `cancel()`, or that it is iterable. Other symbols are the runtime's own.
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === 'string' || key === Symbol.asyncIterator) Object.defineProperty(settled, key, Reflect.getOwnPropertyDescriptor(value, key)!)
  }
  return settled
}
