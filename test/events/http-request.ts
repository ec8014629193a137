import { test } from 'tap'
import { httpRequestEvent } from '../../lib/events/http-request.js'

test('a request that comes in has an unknown outcome, no type, and its method in lower case', async (t) => {
  const url = { domain: 'localhost', path: '/path', port: 5601, query: 'a=b', scheme: 'http' }
  t.strictSame(httpRequestEvent({ method: 'GET', url }), {
    message: 'User is requesting [/path] endpoint',
    event: { action: 'http_request', category: ['web'], outcome: 'unknown' },
    http: { request: { method: 'get' } },
    url
  })
})

test('a refused request carries its status and error under the same message', async (t) => {
  const error = { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', message: 'Unsupported Media Type' }
  t.strictSame(httpRequestEvent({ method: 'post', url: { path: '/path' }, statusCode: 415, outcome: 'failure', error }), {
    message: 'User is requesting [/path] endpoint',
    event: { action: 'http_request', category: ['web'], outcome: 'failure' },
    http: { request: { method: 'post' }, response: { status_code: 415 } },
    url: { path: '/path' },
    error
  })
})

test('all requests share one frozen category, which layouts recognise', async (t) => {
  const [first, second] = ['/a', '/b'].map(path => httpRequestEvent({ method: 'GET', url: { path } }))
  t.equal(first?.event.category, second?.event.category)
  t.ok(Object.isFrozen(first?.event.category))
})
