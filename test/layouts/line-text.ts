import { test } from 'tap'
import { lineText } from '../../lib/layouts/line-text.js'
import { MAX_STRING_LENGTH, NOT_PLAIN, quote } from '../../lib/layouts/quote.js'

test('text without anything to escape stands as it is', async (t) => {
  for (const text of ['', 'User is updating dashboard [id=1]', 'a "quoted" word', 'Zoë ✓ 😀 漢字', 'x'.repeat(MAX_STRING_LENGTH)]) t.equal(lineText(text), text)
})

test('what breaks a line or drives a terminal is written as in JSON', async (t) => {
  t.equal(lineText('\r\n\t\b\f\u0000\u001b[2J\u007f\u0085\u009b\u2028\u2029\u202a\u202e\u2066\u2069'),
    '\\r\\n\\t\\b\\f\\u0000\\u001b[2J\\u007f\\u0085\\u009b\\u2028\\u2029\\u202a\\u202e\\u2066\\u2069')
  t.equal(lineText('DOMAIN\\n'), 'DOMAIN\\\\n', 'a backslash too, so that no two texts look the same')
})

test('every character of the basic plane is escaped in a line exactly when it is in JSON, quotes aside', async (t) => {
  const different: string[] = []
  for (let code = 0; code < 0xd800; code++) {
    const character = String.fromCharCode(code)
    if (character !== '"' && lineText(character) !== quote(character).slice(1, -1)) different.push(code.toString(16))
  }
  t.same(different, [])
})

test('what is not text, or is too long, or has a lone surrogate, is left to the careful path', async (t) => {
  for (const text of [undefined, 7, {}, 'x'.repeat(MAX_STRING_LENGTH + 1), '\ud800', 'a\udc00']) {
    try {
      lineText(text as string)
      t.fail('nothing was thrown')
    } catch (thrown) {
      t.equal(thrown, NOT_PLAIN)
    }
  }
})
