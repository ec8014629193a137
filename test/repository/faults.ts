import { test } from 'tap'
import { Faults } from '../../lib/repository/faults.js'

test('what is thrown is noted by what it was asked for, the last time that it was', async t => {
  const faults = new Faults()
  t.equal(faults.attempt('requested', () => 7), 7)
  t.equal(faults.text, null)
  t.equal(faults.attempt('returned', () => { throw new RangeError('a') }), undefined)
  faults.note('current', { message: 'b' })
  t.equal(faults.text, 'returned: RangeError: a; current: Error: b')
  faults.note('returned', new TypeError('c'))
  t.equal(faults.text, 'returned: TypeError: c; current: Error: b')
})
