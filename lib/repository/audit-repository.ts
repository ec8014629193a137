// Wraps a repository so that its methods are audited as a table of operations says. Called by
// `repository()` of request.audit and app.audit, which know whose logger is to be used.
import type { AuditLogger, Handover, Operations, RepositoryOptions } from '../contracts.js'
import { AUDIT_ERR_OPTION } from '../errors.js'
import { createFacade } from './facade.js'
import { isThenable } from './object-reference.js'
import { checkOperations, shown } from './operations.js'
import { runRead, runWrite, type Method, type Run } from './run.js'
import { savedObjectsOperations } from './saved-objects.js'
import type { RecordedObjects } from './settings.js'

/** What a wrapper needs of the application. */
export interface RepositoryContext {
  /** Asked at each call: the request's own logger, or the one of the request that is running. */
  readonly logger: () => Pick<AuditLogger, 'log' | 'logAll'>
  readonly settings: RecordedObjects
}

interface Wrapping {
  readonly target: object
  readonly operations: Operations
  readonly authorize?: RepositoryOptions['authorize']
}

type Scope = RepositoryContext & Pick<Run, 'remember' | 'skip'>

// What a wrapper answers when it is asked what it wraps. Only this file can open it: somebody
// who gets hold of the symbol still does not get at the unaudited repository.
const WRAPPING = Symbol('fastify-audit wrapping')

class SealedWrapping {
  readonly #wrapping: Wrapping

  constructor (wrapping: Wrapping) {
    this.#wrapping = wrapping
  }

  static open (sealed: unknown): Wrapping | undefined {
    return typeof sealed === 'object' && sealed !== null && #wrapping in sealed ? sealed.#wrapping : undefined
  }
}

const SAVED_OBJECTS = savedObjectsOperations()

/**
 * The same repository, audited. Wrapping what is wrapped already puts the new wrapper in the
 * old one's place: the latest scope records, tables are joined, and every `authorize` is asked.
 *
 * @throws {AUDIT_ERR_OPTION} the repository is no object, or the options are not usable
 */
export function auditRepository<T extends object> (repository: T, options: RepositoryOptions, context: RepositoryContext): T {
  checkOptions(repository, options)
  const inside = openWrapping(repository)
  return wrap({
    target: inside?.target ?? repository,
    operations: options.operations === undefined ? inside?.operations ?? SAVED_OBJECTS : { ...inside?.operations, ...options.operations },
    authorize: bothOf(inside?.authorize, options.authorize)
  }, context) as T
}

function wrap (wrapping: Wrapping, scope: Scope): object {
  const { target, operations, authorize } = wrapping
  return createFacade(target, (key, method) => {
    const operation = typeof key === 'string' && Object.hasOwn(operations, key) ? operations[key] : undefined
    if (operation === undefined) return undefined
    if (operation.kind === 'handover') return handOver(operation, method, wrapping, scope)
    const { settings, remember, skip } = scope
    const run = (args: readonly unknown[]): Run => ({ name: key as string, method, target, operation, args, logger: scope.logger(), settings, authorize, remember, skip })
    if (operation.kind === 'read' && authorize === undefined) return (...args) => runRead(run(args))
    return (...args) => iterableToo(method, operation.kind === 'write' ? runWrite(run(args)) : runRead(run(args)))
  }, { key: WRAPPING, value: new SealedWrapping(wrapping) })
}

function handOver (handover: Handover, method: Method, wrapping: Wrapping, scope: Scope): Method {
  const { target, operations, authorize } = wrapping
  return (...given) => {
    // What the handed-over object reads through an audited repository has been recorded there;
    // what it reads past it is recorded as it hands it out.
    const recorded = new WeakSet<object>()
    const audited = (repository: object = target): object => {
      const inside = openWrapping(repository)
      const own = inside === undefined || inside.target === target ? { target: inside?.target ?? repository, operations, authorize } : inside
      return wrap(own, { ...scope, remember: recorded })
    }
    const args = handover.handOn?.(given, audited) ?? given
    const result: unknown = Reflect.apply(method, target, args)
    const { returns } = handover
    if (returns === undefined) return result
    const receive = (handed: unknown): unknown => {
      if (typeof handed !== 'object' || handed === null) return handed
      if (returns === 'same') return wrap({ target: openWrapping(handed)?.target ?? handed, operations, authorize }, scope)
      const asked: RepositoryOptions['authorize'] = authorize && ((call) => authorize({ ...call, args }))
      return wrap({ target: handed, operations: returns, authorize: asked }, { ...scope, skip: recorded })
    }
    return isThenable(result) ? result.then(receive) : receive(result)
  }
}

// A method that returned an async iterable and now has to wait for a permission or an
// acknowledgement: an async generator still returns a generator, which waits when its first
// item is asked for; anything else returns a promise, over which `for await` goes on working.
function iterableToo (method: Method, result: unknown): unknown {
  if (!(result instanceof Promise)) return result
  const awaited = result as Promise<AsyncIterable<unknown>>
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

function openWrapping (repository: object): Wrapping | undefined {
  return SealedWrapping.open((repository as { readonly [WRAPPING]?: unknown })[WRAPPING])
}

function bothOf (first: RepositoryOptions['authorize'], second: RepositoryOptions['authorize']): RepositoryOptions['authorize'] {
  if (first === undefined || second === undefined || first === second) return second ?? first
  return async (call) => {
    await first(call)
    await second(call)
  }
}

function checkOptions (repository: unknown, options: RepositoryOptions): void {
  if (typeof repository !== 'object' || repository === null) throw new AUDIT_ERR_OPTION(`repository: expected an object with methods, got ${shown(repository)}`)
  if (options.authorize !== undefined && typeof options.authorize !== 'function') throw new AUDIT_ERR_OPTION(`authorize: expected a function, got ${shown(options.authorize)}`)
  if (options.operations !== undefined) checkOperations(options.operations)
}
