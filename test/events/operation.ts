import { test } from 'tap'
import type { Operation } from '../../lib/contracts.js'
import { createOperationEvent, errorFields, operationEvent } from '../../lib/events/operation.js'

const voiding: Operation = { action: 'invoice_void', kind: 'write', type: 'change', verbs: ['voiding', 'voided', 'void'] }
const reading: Operation = { action: 'invoice_read', kind: 'read', type: 'access', category: 'file', verbs: ['reading', 'read', 'read'], noun: 'invoices' }
const invoice = { type: 'invoice', id: '7' }

test('the message says by its tense what the outcome is', async (t) => {
  t.same(operationEvent(voiding, { outcome: 'unknown', object: invoice }), {
    message: 'User is voiding invoice [id=7]',
    event: { action: 'invoice_void', category: ['database'], type: ['change'], outcome: 'unknown' },
    kibana: { saved_object: { type: 'invoice', id: '7' } }
  })
  t.same(operationEvent(reading, { outcome: 'success', object: { ...invoice, name: 'May' } }), {
    message: 'User has read invoice [id=7]',
    event: { action: 'invoice_read', category: ['file'], type: ['access'], outcome: 'success' },
    kibana: { saved_object: { type: 'invoice', id: '7', name: 'May' } }
  })
  t.same(operationEvent(voiding, { outcome: 'failure', object: invoice, error: new TypeError('no') }), {
    message: 'Failed attempt to void invoice [id=7]',
    event: { action: 'invoice_void', category: ['database'], type: ['change'], outcome: 'failure' },
    kibana: { saved_object: { type: 'invoice', id: '7' } },
    error: { code: 'TypeError', message: 'no' }
  })
})

test('without an outcome a write is an intention, a read a success, and an error a failure', async (t) => {
  t.equal(operationEvent(voiding, {}).event.outcome, 'unknown')
  t.equal(operationEvent(reading, {}).event.outcome, 'success')
  t.equal(operationEvent(reading, { error: new Error('no') }).event.outcome, 'failure')
  t.equal(operationEvent(voiding, { error: new Error('no'), outcome: 'unknown' }).message, 'User is voiding saved objects')
})

test('objects that are not known are called by the noun', async (t) => {
  const unknown = operationEvent(voiding, { outcome: 'unknown' })
  t.equal(unknown.message, 'User is voiding saved objects')
  t.notOk('kibana' in unknown)
  t.notOk('error' in unknown)
  t.equal(operationEvent(reading, { outcome: 'failure' }).message, 'Failed attempt to read invoices')
})

test('an object without an id is called by the noun, and recorded by its type', async (t) => {
  const event = operationEvent({ ...voiding, noun: 'invoice' }, { object: { type: 'invoice', name: 'May' } })
  t.equal(event.message, 'User is voiding invoice')
  t.same(event.kibana, { saved_object: { type: 'invoice', name: 'May' } })
  t.notOk('id' in (event.kibana?.saved_object ?? {}))
})

test('further fields stand under kibana, empty lists left out', async (t) => {
  const fields = { add_to_spaces: ['a'], delete_from_spaces: [], space_id: undefined }
  t.strictSame(operationEvent(voiding, { object: invoice, fields }).kibana, { saved_object: invoice, add_to_spaces: ['a'], space_id: undefined })
  t.ok('space_id' in (operationEvent(voiding, { fields }).kibana ?? {}), 'undefined keeps the request\'s space out, so it stays')
  t.notOk('kibana' in operationEvent(voiding, { fields: { delete_from_spaces: [] } }))
  t.same(operationEvent(voiding, { fields: { add_to_spaces: ['a'] } }).kibana, { add_to_spaces: ['a'] })
})

test('the events of one call share what they have in common, and nobody can change it', async (t) => {
  const deleting = createOperationEvent(voiding, { outcome: 'failure', error: new Error('no') })
  const [first, second] = [deleting(invoice), deleting({ type: 'invoice', id: '8' })]
  t.equal(first.message, 'Failed attempt to void invoice [id=7]')
  t.equal(second.message, 'Failed attempt to void invoice [id=8]')
  t.equal(first.event, second.event)
  t.equal(first.event.category, operationEvent(voiding, {}).event.category, 'lists are the same in every call')
  for (const shared of [first.event, first.event.category, first.event.type, first.error]) t.ok(Object.isFrozen(shared))
})

test('an error is recorded by its name and message, whatever was thrown', async (t) => {
  t.same(errorFields(new RangeError('too much')), { code: 'RangeError', message: 'too much' })
  t.same(errorFields(Object.assign(new Error('no'), { code: 'E_NO' })), { code: 'Error', message: 'no' })
  t.same(errorFields({ code: 'E_NO', message: 'no' }), { code: 'E_NO', message: 'no' })
  t.strictSame(errorFields({ code: 403 }), {})
  t.same(errorFields({ statusCode: 403, error: 'Forbidden', message: 'no' }), { code: 'Forbidden', message: 'no' }, 'an item of a bulk result')
  t.same(errorFields({ get name (): string { throw new Error('do not look') } }), { message: 'an error that cannot be read' })
  for (const thrown of ['no', 403, null, undefined, Symbol('x')]) t.same(errorFields(thrown), { message: String(thrown) })
})
