import { test } from 'tap'
import { ask, carryOn } from '../../lib/repository/permission.js'

const question = { method: 'put', action: 'thing_put', objects: [], args: [] }

test('whoever permits says nothing; whoever refuses throws; false is a mistake', async (t) => {
  await ask(() => {}, question)
  await ask((asked) => { t.equal(asked, question) }, question)
  const refusal = new Error('no')
  await t.rejects(ask(async () => { throw refusal }, question), refusal)
  await t.rejects(ask(() => false as unknown as void, question), { code: 'AUDIT_ERR_OPTION', message: /refuse thing_put, got false/ })
  t.equal(carryOn(), undefined)
})
