// Finds the request that the running code belongs to, through @fastify/request-context, for
// code that is not handed one. Called by plugin.ts.
import type { AsyncResource } from 'node:async_hooks'
import requestContextPlugin, { asyncLocalStorage, type RequestContext } from '@fastify/request-context'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

type Store = Record<symbol, FastifyRequest | undefined>

/**
 * Registers @fastify/request-context if the application has not, and gives a function that
 * answers with the request of this application that is running, if one is.
 */
export async function trackRunningRequest (app: FastifyInstance): Promise<() => FastifyRequest | undefined> {
  // One key for each application: all applications of a process share the storage.
  const key = Symbol('fastify-audit.request')
  if (app.hasDecorator('requestContext')) {
    // Theirs may open its store in a later hook than the first.
    for (const hook of ['onRequest', 'preValidation', 'preHandler'] as const) {
      app.addHook(hook, function rememberRequest (request: FastifyRequest, _reply: FastifyReply, done: () => void) {
        const store = asyncLocalStorage.getStore() as Store | undefined
        if (store !== undefined) store[key] ??= request
        done()
      })
    }
  } else {
    await app.register(requestContextPlugin, {
      // Called inside the store, once for each request: the place to put the request there.
      createAsyncResource (request) {
        const store = asyncLocalStorage.getStore()!
        ;(store as unknown as Store)[key] = request
        return new WayBack(store) as unknown as AsyncResource
      }
    })
  }
  return function runningRequest () {
    return (asyncLocalStorage.getStore() as Store | undefined)?.[key]
  }
}

/**
 * What @fastify/request-context wants of an `AsyncResource`: to come back to the store later. A whole
 * one for that would cost as much as the event itself. A class: made for each request.
 */
class WayBack {
  readonly #store: RequestContext

  constructor (store: RequestContext) {
    this.#store = store
  }

  /** As of `AsyncResource`. */
  runInAsyncScope (run: (...args: unknown[]) => unknown, thisArg: unknown, ...args: unknown[]): unknown {
    return asyncLocalStorage.run(this.#store, Reflect.apply, run, thisArg, args)
  }
}
