import { test } from 'tap'
import { bytesInLine, cutTo, levelFor, withCutMark } from '../../lib/layouts/cut.js'

test('a text is cut to so many bytes as they stand in a line, and never within a character', async t => {
  for (const text of ['x'.repeat(100), '\u0001'.repeat(100), 'é'.repeat(100), '\u{1f600}'.repeat(100), '"'.repeat(50) + 'x'.repeat(100), 'x'.repeat(100) + '\u202e'.repeat(100)]) {
    for (const bytes of [0, 1, 2, 3, 4, 7, 50, 99, 100, 101]) {
      const cut = cutTo(text, bytes)
      t.ok(text.startsWith(cut) && cut.isWellFormed() && bytesInLine(cut) <= bytes, `${JSON.stringify(text.slice(0, 2))} to ${bytes}`)
    }
    t.equal(cutTo(text, 10_000), text)
  }
  t.equal(cutTo('x'.repeat(100), 40).length, 40)
  t.equal(cutTo('\u{1f600}'.repeat(10), 8), '\u{1f600}'.repeat(2))
})

test('the longest are cut, to the same length, and short ones stay whole', async t => {
  t.equal(levelFor([10, 1000, 20, 500], 100), 35)
  t.equal(levelFor([10, 20], 30), Infinity, 'all of it fits')
  t.equal(levelFor([10, 20], 5), 2)
  t.equal(levelFor([10, 20], -5), 0)
  t.equal(levelFor([], 5), Infinity)
})

test('the mark names the largest first, keeps what was marked before, and is bounded', async t => {
  t.same(withCutMark({ a: 1 }, [{ path: 'x', bytes: 5 }, { path: 'y', bytes: 7 }]), { a: 1, audit_truncated: 'y (7 bytes), x (5 bytes)' })
  t.same(withCutMark({ audit_truncated: 'z (9 bytes)' }, [{ path: 'x', bytes: 5 }]), { audit_truncated: 'z (9 bytes), x (5 bytes)' })
  const { audit_truncated: mark } = withCutMark(undefined, Array.from({ length: 500 }, (_, i) => ({ path: 'a' + '\u{1f600}'.repeat(200), bytes: i })))
  t.ok(mark.length <= 1000 && mark.isWellFormed())
  t.match(withCutMark(undefined, Array.from({ length: 22 }, (_, i) => ({ path: 'p', bytes: i }))).audit_truncated, /, and 2 more$/)
})
