// Wraps a repository so that its methods are audited as a table of operations says. Called by
// `repository()` of request.audit and app.audit, which know whose logger is to be used.
import type { Handover, OnFailure, Operations, RepositoryOptions } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import type { ActingLogger } from '../trail/acting-logger.js'
import { isAsyncFunction } from '../trail/promises.js'
import type { Method, Run } from './call.js'
import { createFacade, standFor } from './facade.js'
import { isObject, isThenable } from './object-reference.js'
import { checkOperations, shown, unknownKeys } from './operations.js'
import { ask } from './permission.js'
import { runRead, runWrite } from './run.js'
import { savedObjectsOperations } from './saved-objects.js'
import type { RecordedObjects } from './settings.js'

/** What a wrapper needs of the application. */
export interface RepositoryContext {
  /** Asked at each call: the request's own logger, or the one of the request that is running. */
  readonly logger: () => Pick<ActingLogger, 'log' | 'logAll' | 'actingUser'>
  /** One object for each application: wrappers of another application have a log of their own, and stay. */
  readonly settings: RecordedObjects
  /** Whether an operation goes on that cannot be recorded. */
  readonly onFailure: OnFailure
}

interface Wrapping {
  readonly target: object
  readonly operations: Operations
  readonly authorize?: RepositoryOptions['authorize']
  readonly settings: RecordedObjects
}

type Scope = RepositoryContext & Pick<Run, 'remember' | 'skip'>

class Itself {
  constructor (object: object) {
    return object
  }
}

// What a wrapper wraps, as a private field of the wrapper itself. Nobody else can read it, and
// what somebody has put around a wrapper (a proxy, an object that inherits from it) does not
// have it: it is a repository of its own, whose behaviour must not be skipped.
class Wrapper extends Itself {
  readonly #wrapping: Wrapping

  constructor (facade: object, wrapping: Wrapping) {
    super(facade)
    this.#wrapping = wrapping
  }

  /** What `repository` wraps, when it is a wrapper of the same application. */
  static open (repository: object, settings: RecordedObjects): Wrapping | undefined {
    if (!(#wrapping in repository)) return undefined
    return repository.#wrapping.settings === settings ? repository.#wrapping : undefined
  }
}

const SAVED_OBJECTS = savedObjectsOperations()

/**
 * The same repository, audited. Wrapping what is wrapped already puts the new wrapper in the
 * old one's place: the latest scope records, tables are joined, and every `authorize` is asked.
 *
 * @throws {AUDIT_ERR_OPTION} the repository is no object, or the options are not usable
 */
export function auditRepository<T extends object> (repository: T, options: RepositoryOptions | undefined, context: RepositoryContext): T {
  if (typeof repository !== 'object' || repository === null) throw new AUDIT_ERR_OPTION(`repository: expected an object with methods, got ${shown(repository)}`)
  if (options !== undefined) checkOptions(options)
  const inside = Wrapper.open(repository, context.settings)
  return wrap({
    target: inside?.target ?? repository,
    operations: joined(inside?.operations, options?.operations) ?? SAVED_OBJECTS,
    authorize: bothOf(inside?.authorize, options?.authorize),
    settings: context.settings
  }, context) as T
}

function wrap (wrapping: Wrapping, scope: Scope): object {
  const { target, operations, authorize } = wrapping
  const own = (result: unknown): unknown => result === target ? facade : result
  const facade: object = createFacade(target, (key, method) => {
    const operation = typeof key === 'string' && Object.hasOwn(operations, key) ? operations[key] : undefined
    if (operation === undefined) return undefined
    if (operation.kind === 'handover') {
      const handing = handOver(operation, method, wrapping, scope)
      return (...args) => standFor(target, facade, handing(...args))
    }
    const { settings, onFailure, remember, skip } = scope
    if (operation.records === false && settings.protection === undefined) return undefined
    const run = (args: readonly unknown[]): Run => ({ name: key as string, method, target, operation, args, logger: scope.logger(), own, settings, onFailure, authorize, remember, skip })
    if (operation.kind === 'read' && authorize === undefined && settings.protection === undefined && !onFailure.holds('reads')) return (...args) => runRead(run(args))
    const runs = operation.kind === 'write' ? runWrite : runRead
    return (...args) => iterableToo(method, runs(run(args)))
  })
  return new Wrapper(facade, wrapping)
}

function handOver (handover: Handover, method: Method, wrapping: Wrapping, scope: Scope): Method {
  const { target, authorize, settings } = wrapping
  return (...given) => {
    // What the handed-over object reads through an audited repository has been recorded there;
    // what it reads past it is recorded as it hands it out.
    const recorded = new WeakSet<object>()
    const audited = (repository: object = target): object => {
      const inside = Wrapper.open(repository, settings)
      const own = inside === undefined || inside.target === target ? { ...wrapping, target: inside?.target ?? repository } : inside
      return wrap(own, { ...scope, remember: recorded })
    }
    const args = handover.handOn?.(given, audited) ?? given
    const result: unknown = Reflect.apply(method, target, args)
    const { returns } = handover
    if (returns === undefined) return result
    const receive = (handed: unknown): unknown => {
      if (typeof handed !== 'object' || handed === null) return handed
      if (returns === 'same') return wrap({ ...wrapping, target: Wrapper.open(handed, settings)?.target ?? handed }, scope)
      const asked: RepositoryOptions['authorize'] = authorize && ((call) => authorize({ ...call, args }))
      return wrap({ target: handed, operations: returns, authorize: asked, settings }, { ...scope, skip: recorded })
    }
    return isThenable(result) ? result.then(receive) : receive(result)
  }
}

// A method that returned an async iterable and now has to wait for a permission or an
// acknowledgement: an async generator still returns a generator, which waits when its first
// item is asked for; anything else returns a promise, over which `for await` goes on working.
function iterableToo (method: Method, result: unknown): unknown {
  if (!(result instanceof Promise) || isAsyncFunction(method)) return result
  const awaited = result as Promise<AsyncIterable<unknown>>
  // A method may be of another realm, as under some test runners.
  switch (Object.prototype.toString.call(method)) {
    case '[object AsyncFunction]': return result
    case '[object AsyncGeneratorFunction]': return itemsOf(awaited)
  }
  return Object.defineProperty(result, Symbol.asyncIterator, {
    configurable: true,
    // `this`, not `result`: a promise derived from it, which takes this along, is the one that is handled.
    value: function (this: Promise<AsyncIterable<unknown>>) { return itemsOf(this) }
  })
}

function itemsOf (awaited: Promise<AsyncIterable<unknown>>): AsyncGenerator<unknown> {
  // A refusal is told to whoever asks for an item; a generator that nobody asks tells nobody.
  awaited.catch(() => {})
  return (async function * () { yield * await awaited })()
}

function joined (inside: Operations | undefined, outside: Operations | undefined): Operations | undefined {
  return inside === undefined || outside === undefined ? outside ?? inside : { ...inside, ...outside }
}

function bothOf (first: RepositoryOptions['authorize'], second: RepositoryOptions['authorize']): RepositoryOptions['authorize'] {
  if (first === undefined || second === undefined || first === second) return second ?? first
  return async (call) => {
    await ask(first, call)
    await ask(second, call)
  }
}

function checkOptions (options: RepositoryOptions): void {
  const given: unknown = options
  if (!isObject(given)) throw new AUDIT_ERR_OPTION(`options: expected an object, got ${shown(given)}`)
  const unknown = [...unknownKeys('options', given, ['operations', 'authorize'])]
  if (unknown.length > 0) throw new AUDIT_ERR_OPTION(unknown.join('\n'))
  if (options.authorize !== undefined && typeof options.authorize !== 'function') throw new AUDIT_ERR_OPTION(`authorize: expected a function, got ${shown(options.authorize)}`)
  if (options.operations !== undefined) checkOperations(options.operations)
}
