// Finds the request that the running code belongs to, through @fastify/request-context, for
// code that is not handed one. Called by plugin.ts.
import { AsyncResource } from 'node:async_hooks'
import requestContextPlugin, { asyncLocalStorage } from '@fastify/request-context'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Collected with its request: nobody has to be told of its end. */
const RESOURCE = { requireManualDestroy: true } as const

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
      // Called inside the store, for each request: the cheapest place to put the request there.
      createAsyncResource (request) {
        const store = asyncLocalStorage.getStore() as unknown as Store
        store[key] = request
        return new AsyncResource('fastify-audit', RESOURCE)
      }
    })
  }
  return function runningRequest () {
    return (asyncLocalStorage.getStore() as Store | undefined)?.[key]
  }
}
