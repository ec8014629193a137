import { Ajv } from 'ajv'
import { test } from 'tap'
import { savedObjectsSchema } from '../../lib/repository/settings.js'

test('the types whose reads are not recorded are a list of texts', (t) => {
  const ajv = new Ajv({ useDefaults: true })
  const settings = {}
  t.ok(ajv.validate(savedObjectsSchema, settings))
  t.same(settings, { unaudited_read_types: ['config', 'telemetry'] })
  t.ok(ajv.validate(savedObjectsSchema, { unaudited_read_types: [] }))
  for (const wrong of [{ unaudited_read_types: 'config' }, { unaudited_read_types: [''] }, { unaudited_read_type: [] }]) t.notOk(ajv.validate(savedObjectsSchema, wrong))
  t.end()
})
