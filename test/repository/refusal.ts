import { test } from 'tap'
import { isRefusal, recordedError } from '../../lib/repository/refusal.js'

const hostile = new Proxy({}, { get () { throw new Error('do not look') } })

test('401 and 403 are refusals, in each of the ways in which errors say it', (t) => {
  for (const status of [401, 403]) {
    t.ok(isRefusal(Object.assign(new Error('x'), { statusCode: status })), 'Fastify, Elasticsearch, Kibana')
    t.ok(isRefusal({ status }), 'http-errors')
    t.ok(isRefusal({ output: { statusCode: status } }), 'Boom')
  }
  t.end()
})

test('nothing else is', (t) => {
  for (const error of [new Error('403'), { statusCode: 404 }, { status: '403' }, { output: null }, 403, '403', null, undefined, hostile]) t.notOk(isRefusal(error))
  t.end()
})

test('of an error its name and its message are recorded', (t) => {
  t.same(recordedError(new TypeError('no')), { code: 'TypeError', message: 'no' })
  t.same(recordedError({ statusCode: 403, error: 'Forbidden', message: 'no' }), { code: 'Forbidden', message: 'no' }, 'an item of a bulk result')
  t.same(recordedError({ code: 'no_permission', message: 'no' }), { code: 'no_permission', message: 'no' }, 'what has no name')
  t.same(recordedError({ name: 7 }), { code: 'Error', message: '' })
  t.same(recordedError('no'), { code: 'Error', message: 'no' })
  t.same(recordedError(null), { code: 'Error', message: 'null' })
  t.same(recordedError(hostile), { code: 'Error', message: 'an error that cannot be read' })
  t.end()
})
