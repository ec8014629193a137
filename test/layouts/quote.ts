import { test } from 'tap'
import { MAX_STRING_LENGTH, NOT_PLAIN, quote } from '../../lib/layouts/quote.js'

const thrownBy = (work: () => unknown): unknown => {
  try { work() } catch (thrown) { return thrown }
  return undefined
}

test('what is quoted parses to exactly the text that went in', async t => {
  for (const text of ['', 'plain', 'say "hi"', 'back\\slash', 'line\nfeed\r\ttab', '\u0000\u001b[31m\u007f\u009b', '\u2028\u2029\u202e\u2066', 'Grüße 漢字 👩‍💻', '</script>', '__proto__']) {
    t.equal(JSON.parse(quote(text)), text)
  }
  // Every UTF-16 unit that is a character by itself.
  for (let unit = 0; unit <= 0xffff; unit++) {
    if (unit >= 0xd800 && unit <= 0xdfff) continue
    const text = 'a' + String.fromCharCode(unit) + 'b'
    if (JSON.parse(quote(text)) !== text) t.fail(`U+${unit.toString(16)} is changed`)
  }
})

test('nothing that a terminal or a viewer obeys stands in the line', async t => {
  const obeyed = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
  for (let unit = 0; unit <= 0xffff; unit++) {
    if (unit >= 0xd800 && unit <= 0xdfff) continue
    if (obeyed.test(quote(String.fromCharCode(unit)))) t.fail(`U+${unit.toString(16)} stands in the line as it is`)
  }
  t.equal(quote('\u009b31m\u202e'), '"\\u009b31m\\u202e"')
})

test('what cannot be quoted is refused with the sign for the careful path', async t => {
  t.equal(thrownBy(() => quote('\ud800 alone')), NOT_PLAIN)
  t.equal(thrownBy(() => quote('x'.repeat(MAX_STRING_LENGTH + 1))), NOT_PLAIN)
  t.equal(thrownBy(() => quote(5 as unknown as string)), NOT_PLAIN)
  t.equal(thrownBy(() => quote(undefined as unknown as string)), NOT_PLAIN)
  t.equal(JSON.parse(quote('x'.repeat(MAX_STRING_LENGTH))).length, MAX_STRING_LENGTH)
})
