// An object that stands in front of another: the same properties, the same methods run on the
// object itself (so that its private #fields work), some of them answered differently. Called
// by audit-repository.ts for repositories and by follow.ts for what hands out items.

/** Any method. */
type Method = (...args: unknown[]) => unknown

/** What a call of the method `key` does; `undefined`: what it does on the object itself. */
export type Answer = (key: PropertyKey, method: Method) => Method | undefined

/**
 * Stands in front of `target`. A property that holds the target, or a method that returns or
 * promises it, gives the facade instead: what it is hidden behind does not come out that way.
 */
export function createFacade<T extends object> (target: T, answer: Answer): T {
  const methods = new Map<PropertyKey, { readonly method: Method, readonly facade: Method }>()

  function get (key: PropertyKey): unknown {
    const value: unknown = Reflect.get(target, key, target)
    if (value === target) return facade
    if (typeof value !== 'function' || key === 'constructor') return value
    const known = methods.get(key)
    if (known?.method === value) return known.facade
    const method = value as Method
    const run = answer(key, method)
    // Around the function itself: its name, length and own properties, and `new`, stay.
    const stand = new Proxy(method, {
      apply: (_method, _this, args) => standFor(target, facade, run === undefined ? Reflect.apply(method, target, args) : run(...args))
    })
    methods.set(key, { method, facade: stand })
    return stand
  }

  // Not around the target, whose frozen properties a proxy could not answer differently.
  const facade = new Proxy(Object.create(null) as T, {
    get: (_stand, key) => get(key),
    set: (_stand, key, value) => Reflect.set(target, key, value, target),
    has: (_stand, key) => Reflect.has(target, key),
    deleteProperty: (_stand, key) => Reflect.deleteProperty(target, key),
    ownKeys: () => Reflect.ownKeys(target),
    defineProperty: (_stand, key, descriptor) => Reflect.defineProperty(target, key, { configurable: true, ...descriptor }),
    getOwnPropertyDescriptor: (_stand, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(target, key)
      if (descriptor === undefined) return undefined
      const stand = 'value' in descriptor
        ? { value: get(key), writable: descriptor.writable }
        : { get: () => get(key), set: descriptor.set?.bind(target) }
      return { ...stand, enumerable: descriptor.enumerable, configurable: true }
    },
    getPrototypeOf: () => Reflect.getPrototypeOf(target),
    setPrototypeOf: (_stand, prototype) => Reflect.setPrototypeOf(target, prototype),
    // Freezing the facade would freeze an empty object.
    preventExtensions: () => false
  })
  return facade
}

function standFor (target: object, facade: object, value: unknown): unknown {
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
