import { test } from 'tap'
import { fieldFault, hashKeyFault } from '../../../lib/trail/fields/settings.js'

test('a list may name what its purpose allows', async (t) => {
  t.type(fieldFault('exclude', 'event.action'), 'string')
  t.type(fieldFault('hash', 'message'), 'string')
  t.equal(fieldFault('include', 'event.action'), null)
  t.type(fieldFault('include', 'a..b'), 'string')
})

test('hashes want one key', async (t) => {
  t.equal(hashKeyFault([], undefined), null)
  t.type(hashKeyFault(['user.name'], {}), 'string')
  t.equal(hashKeyFault(['user.name'], { hash_key: 'k' }), null)
  t.equal(hashKeyFault(['user.name'], { hash_key_file: 'k' }), null)
  t.type(hashKeyFault([], { hash_key: 'k', hash_key_file: 'k' }), 'string')
})
