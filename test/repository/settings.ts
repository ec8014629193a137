import { Ajv } from 'ajv'
import { test } from 'tap'
import { createRedaction } from '../../lib/http/redact.js'
import { recordedObjects, savedObjectsSchema } from '../../lib/repository/settings.js'

test('the types whose reads are not recorded are a list of texts', (t) => {
  const ajv = new Ajv({ useDefaults: true })
  const settings = {}
  t.ok(ajv.validate(savedObjectsSchema, settings))
  t.same(settings, { unaudited_read_types: ['config', 'telemetry'], name_attributes: {}, look_up_names: [], protected: [] })
  t.ok(ajv.validate(savedObjectsSchema, { unaudited_read_types: [] }))
  for (const wrong of [{ unaudited_read_types: 'config' }, { unaudited_read_types: [''] }, { unaudited_read_type: [] }, { name_attributes: { map: '' } }, { name_attributes: ['title'] }, { look_up_names: ['access'] }, { look_up_names: true }, { protected: [{ types: [], roles: [] }] }, { protected: [{ types: ['secret'] }] }, { protected: [{ types: ['secret'], roles: 'admin' }] }]) t.notOk(ajv.validate(savedObjectsSchema, wrong))
  t.end()
})

test('names are looked up where the settings say so, and never where names are not recorded', (t) => {
  const objects = { unaudited_read_types: [], name_attributes: { map: 'label' }, look_up_names: ['deletion'] as const, protected: [{ types: ['secret'], roles: ['admin'], refuse: true }] }
  const diff = { enabled: true, typesToInclude: ['map'], fieldSizeLimit: '48kb', oldValues: true, fieldsToRedact: [] }
  const settings = { enabled: true, include_saved_object_names: true, saved_objects: objects, savedObjectDiff: diff }
  const recordedWith = (others: object): ReturnType<typeof recordedObjects> => recordedObjects({ ...settings, ...others }, 50, createRedaction)
  const recorded = recordedWith({})
  t.same(recorded.lookUp, { types: ['deletion'], timeout: 50 })
  t.equal(recorded.nameOf?.('map', { label: 'Europe' }), 'Europe')
  t.equal(recordedWith({ include_saved_object_names: false }).lookUp, undefined)
  t.equal(recordedWith({ saved_objects: { ...objects, look_up_names: [] } }).lookUp, undefined)
  t.same(recorded.protection, { rules: objects.protected, timeout: 50 })
  t.equal(recordedWith({ saved_objects: { ...objects, protected: [] } }).protection, undefined)
  t.match(recorded.differences, { types: new Set(['map']), timeout: 50 })
  t.equal(recordedWith({ savedObjectDiff: { ...diff, enabled: false } }).differences, undefined)
  const { protection, lookUp, differences } = recordedWith({ enabled: false })
  t.same([protection, lookUp, differences], [undefined, undefined, undefined], 'where nothing is recorded, nobody is asked and nothing is read')
  t.end()
})
