import { Ajv } from 'ajv'
import { test } from 'tap'
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
  const recorded = recordedObjects({ enabled: true, include_saved_object_names: true, saved_objects: objects }, 50)
  t.same(recorded.lookUp, { types: ['deletion'], timeout: 50 })
  t.equal(recorded.nameOf?.('map', { label: 'Europe' }), 'Europe')
  t.equal(recordedObjects({ enabled: true, include_saved_object_names: false, saved_objects: objects }, 50).lookUp, undefined)
  t.equal(recordedObjects({ enabled: true, include_saved_object_names: true, saved_objects: { ...objects, look_up_names: [] } }, 50).lookUp, undefined)
  t.same(recorded.protection, { rules: objects.protected, timeout: 50 })
  t.equal(recordedObjects({ enabled: true, include_saved_object_names: true, saved_objects: { ...objects, protected: [] } }, 50).protection, undefined)
  t.equal(recordedObjects({ enabled: false, include_saved_object_names: true, saved_objects: objects }, 50).protection, undefined, 'where nothing is recorded, nobody is asked')
  t.end()
})
