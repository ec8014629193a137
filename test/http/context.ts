import requestContext from '@fastify/request-context'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { test, type Test } from 'tap'
import { trackRunningRequest } from '../../lib/http/context.js'

type Running = () => FastifyRequest | undefined

/** Asks for the running request in each phase of a request, after something asynchronous. */
async function phases (t: Test, app: FastifyInstance, running: Running): Promise<boolean[]> {
  const seen: boolean[] = []
  const look = async (request: FastifyRequest): Promise<void> => {
    await new Promise(resolve => setTimeout(resolve, 1))
    seen.push(running() === request)
  }
  for (const hook of ['onRequest', 'preValidation', 'preHandler'] as const) app.addHook(hook, look)
  app.post('/', async request => { await look(request); return 'ok' })
  t.equal((await app.inject({ method: 'POST', url: '/', payload: { a: 1 } })).statusCode, 200)
  return seen
}

test('the running request is found in every phase, and outside of requests there is none', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const running = await trackRunningRequest(app)
  t.equal(running(), undefined)
  t.same(await phases(t, app, running), [true, true, true, true])
  t.equal(running(), undefined)
})

for (const hook of ['onRequest', 'preValidation', 'preHandler'] as const) {
  test(`the application's own request context is used, which begins in ${hook}`, async t => {
    const app = Fastify()
    t.teardown(() => app.close())
    await app.register(requestContext, { hook, defaultStoreValues: { mine: 1 } as never })
    const running = await trackRunningRequest(app)
    const seen = await phases(t, app, running)
    t.equal(seen.at(-1), true, 'in the handler it is known in any case')
    if (hook === 'onRequest') t.same(seen, [true, true, true, true])
  })
}

test('requests that run at the same time do not meet', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const running = await trackRunningRequest(app)
  app.get('/:n', async request => {
    await new Promise(resolve => setTimeout(resolve, Math.random() * 10))
    return running() === request
  })
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => app.inject(`/${n}`)))
  t.ok(answers.every(({ body }) => body === 'true'))
})
