import { test } from 'tap'
import { createFacade } from '../../lib/repository/facade.js'

class Counter {
  #count = 0
  step = 1
  add (): void { this.#count += this.step }
  chain (): this { return this }
  get count (): number { return this.#count }
  set count (count: number) { this.#count = count }
}

test('all but the answered methods are those of the object itself', (t) => {
  const counter = new Counter()
  const facade = createFacade(counter, (key) => key === 'add' ? () => 'answered' : undefined)
  t.equal(facade.add() as unknown, 'answered')
  t.equal(facade.add.name, 'add')
  facade.count = 5
  t.equal(facade.count, 5, 'private fields, through getters and setters')
  t.equal(facade.chain(), facade)
  t.ok(facade instanceof Counter)
  t.same(Object.keys(facade), ['step'])
  t.same({ ...facade }, { step: 1 })
  t.end()
})

test('properties are defined, described and deleted on the object itself', (t) => {
  const target: Record<string, unknown> = { value: 1 }
  const facade = createFacade(target, () => () => 'answered')
  let set: unknown
  Object.defineProperty(facade, 'computed', { get: () => () => 'computed', set: (value) => { set = value }, enumerable: true })
  t.ok('computed' in target)
  const descriptor = Object.getOwnPropertyDescriptor(facade, 'computed')
  t.equal((descriptor?.get?.() as () => unknown)(), 'answered', 'the way round by a getter leads to the answer')
  descriptor?.set?.(7)
  t.equal(set, 7)
  t.same(Object.getOwnPropertyDescriptor(facade, 'value'), { value: 1, writable: true, enumerable: true, configurable: true })
  t.equal(Object.getOwnPropertyDescriptor(facade, 'none'), undefined)
  delete facade.value
  t.notOk('value' in target)
  Object.setPrototypeOf(facade, null)
  t.equal(Object.getPrototypeOf(target), null)
  t.throws(() => Object.preventExtensions(facade), TypeError)
  t.end()
})

test('a class or a function with properties stays usable through the facade', (t) => {
  class NotFound extends Error { static readonly code = 404 }
  const facade = createFacade({ NotFound }, () => undefined)
  t.equal(facade.NotFound.code, 404)
  t.ok(new facade.NotFound('x') instanceof NotFound)
  t.end()
})

test('what is promised is passed on, and what a promise says beside its value', async (t) => {
  const target = {
    async late (): Promise<unknown> { return target },
    iterable: () => Object.defineProperty(Promise.resolve(1), Symbol.asyncIterator, { value: 'iterate' })
  }
  const facade = createFacade(target, () => undefined)
  t.equal(await facade.late(), facade)
  t.equal(Reflect.get(facade.iterable(), Symbol.asyncIterator), 'iterate')
})

test('a promise that does more than promise is not touched', async (t) => {
  class Query extends Promise<number> {
    runs = 0
    override then<A, B> (...on: Parameters<Promise<number>['then']>): Promise<A | B> {
      this.runs++
      return super.then(...on) as Promise<A | B>
    }
  }
  const query = new Query((resolve) => { resolve(1) })
  const facade = createFacade({
    query: () => query,
    cancelable: () => Object.assign(Promise.resolve(1), { cancel: () => 'cancelled' })
  }, () => undefined)
  t.equal(facade.query(), query)
  t.equal(query.runs, 0, 'a query that runs when it is awaited does not run')
  t.equal(facade.cancelable().cancel(), 'cancelled')
  t.equal(await facade.cancelable(), 1)
})
