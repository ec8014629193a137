import { Ajv } from 'ajv'
import { test } from 'tap'
import { createRedaction } from '../../lib/http/redact.js'
import { differencesOf, noTypesFault, savedObjectDiffSchema } from '../../lib/repository/difference-settings.js'

test('the defaults are Kibana\'s: off, no types, 48kb', (t) => {
  const ajv = new Ajv({ useDefaults: true, strictTypes: false })
  const settings = {}
  t.ok(ajv.validate(savedObjectDiffSchema, settings))
  t.same(settings, { enabled: false, typesToInclude: [], fieldSizeLimit: '48kb', oldValues: true, fieldsToRedact: [] })
  for (const wrong of [{ enabled: 'yes' }, { typesToInclude: [''] }, { fieldSizeLimit: '1 parsec' }, { typesToExclude: [] }]) t.notOk(ajv.validate(savedObjectDiffSchema, wrong))
  t.end()
})

test('differences of no type are a fault', (t) => {
  t.match(noTypesFault(true, { enabled: true }), /typesToInclude with at least one type/)
  t.match(noTypesFault(true, { enabled: true, typesToInclude: [] }), /at least one type/)
  t.equal(noTypesFault(true, { enabled: true, typesToInclude: ['map'] }), null)
  t.equal(noTypesFault(false, { enabled: false }), null)
  t.end()
})

test('what is made of them', (t) => {
  const settings = { enabled: true, typesToInclude: ['map'], fieldSizeLimit: '10b', oldValues: false, fieldsToRedact: ['iban', 'a.b'] }
  t.equal(differencesOf({ ...settings, enabled: false }, 50, createRedaction), undefined)
  const differences = differencesOf(settings, 50, createRedaction)!
  t.match(differences, { types: new Set(['map']), readsOld: false, timeout: 50 })
  t.match(differences.between({ attributes: { x: '123456789', y: '12345678', iban: 'DE', a: { b: 1, c: 2 } } }, null)?.diff.ops, [{ value: 'Value above fieldSizeLimit' }, { value: '12345678' }, { value: '[redacted]' }, { value: '[redacted]' }, { value: 2 }])
  t.end()
})
