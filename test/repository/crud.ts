import { test } from 'tap'
import type { Test } from 'tap'
import { auditRepository } from '../../lib/repository/audit-repository.js'
import { crudOperations, CRUD_METHODS, type CrudOptions } from '../../lib/repository/crud.js'
import { ALWAYS_GO_ON } from '../../lib/trail/on-failure.js'
import { createRecordingLogger, type RecordingLogger } from '../support/recording-logger.js'

function audit<T extends object> (t: Test, repository: T, options: Partial<CrudOptions> = {}): { audited: T, logger: RecordingLogger } {
  const logger = createRecordingLogger(t)
  const settings = { unaudited_read_types: [], include_saved_object_names: true }
  return { logger, audited: auditRepository(repository, { operations: crudOperations({ type: 'invoice', ...options }) }, { logger: () => logger, settings, onFailure: ALWAYS_GO_ON }) }
}

interface Invoice { id?: string | number, title?: string }

class Invoices {
  readonly #stored = new Map<string, Invoice>([['1', { id: '1', title: 'First' }], ['2', { id: '2' }]])
  async create (invoice: Invoice): Promise<Invoice> { return invoice }
  async createMany (invoices: Invoice[]): Promise<number> { return invoices.length }
  async findById (id: string): Promise<Invoice | undefined> { return this.#stored.get(id) }
  async findAll (): Promise<Invoice[]> { return [...this.#stored.values()] }
  async update (id: string, changes: Invoice): Promise<Invoice> { return { id, ...changes } }
  async save (invoice: Invoice): Promise<Invoice> { return invoice }
  async delete (id: string): Promise<boolean> { return this.#stored.delete(id) }
  async deleteMany (ids: string[]): Promise<number> { return ids.length }
  async count (): Promise<number> { return this.#stored.size }
}

test('the usual methods of a repository are recorded under the type of its objects', async (t) => {
  const { audited, logger } = audit(t, new Invoices())
  await audited.create({ id: '3', title: 'Third' })
  await audited.create({ title: 'Fourth' })
  await audited.createMany([{ id: 5 }, { id: 6 }])
  await audited.findById('1')
  await audited.findById('404')
  await audited.findAll()
  await audited.update('1', { title: 'Changed' })
  await audited.save({ id: '2' })
  await audited.delete('2')
  await audited.deleteMany(['7', '8'])
  t.equal(await audited.count(), 1)
  t.same(logger.events.map(({ message, kibana }) => [message, kibana?.saved_object?.name]), [
    ['User is creating invoice [id=3]', 'Third'],
    ['User is creating invoice', 'Fourth'],
    ['User is creating invoice [id=5]', undefined],
    ['User is creating invoice [id=6]', undefined],
    ['User has accessed invoice [id=1]', 'First'],
    ['User has accessed invoice [id=1]', 'First'],
    ['User has accessed invoice [id=2]', undefined],
    ['User is updating invoice [id=1]', 'Changed'],
    ['User is updating invoice [id=2]', undefined],
    ['User is deleting invoice [id=2]', undefined],
    ['User is deleting invoice [id=7]', undefined],
    ['User is deleting invoice [id=8]', undefined]
  ])
  t.same(logger.events[0]?.event, { action: 'invoice_create', category: ['database'], type: ['creation'], outcome: 'unknown' })
  t.same([...new Set(logger.events.map(({ event }) => event.action))], ['invoice_create', 'invoice_get', 'invoice_find', 'invoice_update', 'invoice_delete'])
  t.same(logger.events[1]?.kibana, { saved_object: { type: 'invoice', name: 'Fourth' } }, 'an id that is not known yet is absent')
})

test('ids and names are found where they are', async (t) => {
  const { audited, logger } = audit(t, {
    async create (_row: object) {},
    async findOne (_query: object) { return { number: 7, customer: { name: 'Acme' } } }
  }, { id: 'number', name: ({ customer }) => (customer as { name?: string } | undefined)?.name })
  await audited.create({ number: 9n })
  await audited.create({ data: { number: 10, customer: { name: 'Bolt' } } })
  await audited.findOne({ where: { number: 7 } })
  t.same(logger.events.map(({ kibana }) => kibana?.saved_object), [
    { type: 'invoice', id: '9' }, { type: 'invoice', id: '10', name: 'Bolt' }, { type: 'invoice', id: '7', name: 'Acme' }
  ])
})

test('the shapes of different libraries', async (t) => {
  class ObjectId {
    toString (): string { return '64b' }
  }
  const { audited, logger } = audit(t, {
    async updateOne (_filter: object, _change: object) {},
    async update (_query: object) {},
    async createMany (_query: object) {},
    async deleteOne (_id: unknown) {},
    async findMany (): Promise<unknown> { return { rows: [{ _id: 1 }, { _id: 2 }] } },
    async getOne (_id: unknown): Promise<unknown> { return { total: 3 } }
  }, { id: '_id' })
  await audited.updateOne({ _id: new ObjectId() }, { title: 'Mongo' })
  await audited.update({ where: { _id: 5 }, data: { title: 'Prisma' } })
  await audited.createMany({ data: [{ _id: 6 }, { _id: 7 }] })
  await audited.deleteOne(new ObjectId())
  await audited.deleteOne(Uint8Array.of(1, 255))
  await audited.findMany()
  await audited.getOne(8)
  await audited.updateOne({ status: 'open' }, {})
  t.same(logger.events.map(({ kibana }) => kibana?.saved_object?.id), ['64b', '5', '6', '7', '64b', '01ff', '1', '2', '8', undefined])
  t.equal(logger.events[1]?.kibana?.saved_object?.name, 'Prisma')
})

test('an object that has an id is one object, whatever lists and data are in it', async (t) => {
  const invoice = { id: '7', title: 'Seventh', items: [{ id: 'line-1' }, { id: 'line-2' }], data: { title: 'not this' } }
  const { audited, logger } = audit(t, {
    async findById (_id: string) { return invoice },
    async * list () { yield invoice },
    async create (_invoice: object) {}
  })
  await audited.findById('7')
  for await (const item of audited.list()) t.ok(item)
  await audited.create({ ...invoice, data: [1, 2] })
  t.same(logger.events.map(({ kibana }) => kibana?.saved_object), Array(3).fill({ type: 'invoice', id: '7', name: 'Seventh' }))
  const nested = audit(t, { async findMany () { return { rows: [{ head: { number: 8 } }] } } }, { id: ({ head }) => (head as { number: number }).number })
  await nested.audited.findMany()
  t.same(nested.logger.events.map(({ kibana, labels }) => [kibana?.saved_object?.id, labels]), [['8', undefined]], 'an id function that cannot read a page')
})

test('a read that returns something else says so, or is told where the objects are', async (t) => {
  const repository = { async findAll () { return [[{ id: 1 }], 1] }, async list () { return 7 } }
  const { audited, logger } = audit(t, repository, { items: (result) => (result as [unknown[]])[0] })
  await audited.findAll()
  t.equal(logger.events[0]?.kibana?.saved_object?.id, '1')
  const odd = audit(t, repository)
  await odd.audited.list()
  const set = audit(t, { async findAll () { return new Set([{ id: 1 }]) } })
  await set.audited.findAll()
  t.match(set.logger.events, [{ labels: { audit_fault: 'returned: TypeError: expected an object or a list of objects, got an iterable' } }])
  t.match(odd.logger.events[0], { event: { outcome: 'success' }, labels: { audit_fault: 'returned: TypeError: expected an object or a list of objects, got number' } })
})

test('a refused search is one failure without an object', async (t) => {
  const { audited, logger } = audit(t, { async list (_query: object) { throw Object.assign(new Error('no'), { status: 403 }) } })
  await t.rejects(audited.list({ id: 'x' }), { message: 'no' })
  t.equal(logger.events[0]?.message, 'Failed attempt to access invoice')
  t.equal(logger.events[0]?.kibana, undefined)
})

test('items of an async iterable are recorded one by one', async (t) => {
  const { audited, logger } = audit(t, { async * findAll () { yield { id: 1 }; yield [{ id: 2 }, { id: 3 }] } })
  for await (const item of audited.findAll()) t.ok(item)
  t.same(logger.events.map(({ kibana }) => kibana?.saved_object?.id), ['1', '2', '3'])
})

test('methods are added, given another meaning and left out; the action follows the type', (t) => {
  const operations = crudOperations({ type: 'OrderLine v2', methods: { archive: 'update', save: 'create', list: false } })
  t.match(operations.archive, { action: 'order_line_v2_update', kind: 'write', type: 'change' })
  t.match(operations.save, { action: 'order_line_v2_create', type: 'creation' })
  t.notOk('list' in operations)
  t.equal(Object.keys(operations).length, Object.keys(CRUD_METHODS).length)
  t.match(crudOperations({ type: 'x', action: 'patient_record' }).get, { action: 'patient_record_get', kind: 'read', type: 'access' })
  t.throws(() => crudOperations({ type: ' ' }), { code: 'AUDIT_ERR_OPTION', message: 'crudOperations.type: expected the type of the objects such as "invoice", got " "' })
  for (const [options, message] of [
    [{ type: 'x', method: {} }, 'crudOperations: expected one of type, action, id, name, methods, items, got "method"'],
    [{ type: 'x', id: 5 }, 'crudOperations.id: expected a property or a function, got 5'],
    [{ type: 'x', name: [] }, 'crudOperations.name: expected a property or a function, got a list of 0'],
    [{ type: 'x', items: 'rows' }, 'crudOperations.items: expected a function, got "rows"'],
    [{ type: 'x', methods: null }, 'crudOperations.methods: expected a table of method names, got null'],
    [undefined, 'crudOperations: expected an object with the type of the objects, got undefined']
  ] as const) t.throws(() => crudOperations(options as never), { code: 'AUDIT_ERR_OPTION', message })
  t.throws(() => crudOperations({ type: 'x', methods: { a: 'drop' as never } }), { code: 'AUDIT_ERR_OPTION', message: 'crudOperations.methods.a: expected "create", "get", "find", "update", "delete" or false, got "drop"' })
  t.end()
})
