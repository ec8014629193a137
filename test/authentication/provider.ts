import { test } from 'tap'
import { isProvider } from '../../lib/authentication/provider.js'

test('a provider has a type and a name, both text', async (t) => {
  t.ok(isProvider({ type: 'basic', name: 'basic1' }))
  for (const given of [undefined, null, 'basic', {}, { type: 'basic' }, { name: 'basic1' }, { type: 'basic', name: 1 }]) t.notOk(isProvider(given), JSON.stringify(given))
})
