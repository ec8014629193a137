import { test } from 'tap'
import { shippingProperties, spoolSizeFault, withShippingDefaults } from '../../../lib/appenders/shipping/settings.js'
import { withDefaults } from '../../../lib/config/defaults.js'

test('the defaults are those of the schema', async t => {
  const { layout, ...properties } = shippingProperties
  t.same(withShippingDefaults({}), withDefaults({ type: 'object', properties } as const, {}))
  t.match(withShippingDefaults({ spool: { path: 'x' }, backoff: { max: '5s' } }), { spool: { path: 'x', max_bytes: '1gb' }, backoff: { init: '1s', max: '5s' } })
})

test('a spool has room for a few events', async t => {
  t.equal(spoolSizeFault('1mb'), null)
  t.equal(spoolSizeFault('1023kb'), 'expected a size of at least "1mb", got "1023kb"')
})
