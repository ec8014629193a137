import { test } from 'tap'
import { compileTexts, textFault } from '../../lib/trail/filter-texts.js'

test('an entry is literal unless it stands between slashes', async (t) => {
  const entries: [entry: string, text: string, isMatch: boolean][] = [
    ['jane', 'jane', true], ['jane', 'janet', false], ['svc.', 'svcx', false],
    ['/health', '/health', true], ['/health', '/health/live', false],
    ['/', '/', true], ['/', '/health', false],
    ['//', '//', true], ['//', 'a//b', false],
    ['!/', '!/', true], ['!//', '!//', true], ['!//', 'a', false], ['!jane', '!jane', true], ['!jane', 'joe', false],
    ['api/', 'api/', true]
  ]
  for (const [entry, text, isMatch] of entries) t.equal(compileTexts([entry])(text), isMatch, `${entry} and ${text}`)
})

test('a pattern is found anywhere in the text, a negated one nowhere', async (t) => {
  const entries: [entries: string[], text: string, isMatch: boolean][] = [
    [['/^svc-/'], 'svc-backup', true], [['/^svc-/'], 'my-svc-backup', false], [['/svc/'], 'my-svc-backup', true],
    [['!/^svc-/'], 'jane', true], [['!/^svc-/'], 'svc-backup', false], [['!/^svc-/', 'svc-backup'], 'svc-backup', true],
    [['/^a/', '/^b/'], 'bob', true], [['/^a/', '/^b/'], 'carl', false],
    [['/x/'], 'x', true], [['/\\//'], 'a/b', true], [['/(?i)JANE/'], 'jane', true],
    [['/^\\/health(\\/|$)/'], '/health/live', true], [['/^\\/health(\\/|$)/'], '/healthy', false],
    [['!/^\\/api\\//'], '/index.html', true], [['!/^\\/api\\//'], '/api/x', false]
  ]
  for (const [list, text, isMatch] of entries) t.equal(compileTexts(list)(text), isMatch, `${list} and ${text}`)
})

test('what is not text, or empty, is in no list', async (t) => {
  for (const entry of ['', 'jane', '/.*/', '/^$/', '!/x/']) {
    for (const value of [undefined, null, '', 7, {}, ['jane']]) t.equal(compileTexts([entry])(value), false, `${entry} and ${JSON.stringify(value)}`)
  }
})

test('a pattern takes linear time, whatever is sent', async (t) => {
  t.equal(compileTexts(['/(a+)+$/'])('a'.repeat(40_000) + 'b'), false)
})

test('a faulty pattern is named, with its cause', async (t) => {
  for (const entry of ['/(/', '!/(/', '/(?=x)/', '/\\1/']) {
    for (const key of ['users', 'paths'] as const) {
      t.match(textFault(entry, key), {
        message: `expected a regular expression (RE2) between slashes such as "/^svc-/", got ${JSON.stringify(entry)}: `,
        cause: { name: 'RE2JSSyntaxException' }
      }, entry)
    }
  }
  t.equal(textFault('/^svc-/', 'users'), null)
  t.equal(textFault('(', 'users'), null, 'literal')
})

test('a path that could be meant as a pattern is refused, with what to write instead', async (t) => {
  t.equal(textFault('/api/', 'paths')?.message, 'expected a path or a pattern, got "/api/", which could be either: write "/^\\/api\\/$/" for this path, ' +
    '"/^\\/api\\//" for all that begin with it, "/(api)/" for all that contain "api"')
  t.match(textFault('/api/v1.0/', 'paths')?.message, '"/^\\/api\\/v1\\.0\\/$/" for this path')
  for (const entry of ['/', '//', '/api', 'api/', '!/api/', '/^\\/api\\/$/', '/^\\/api\\//', '/(api)/']) t.equal(textFault(entry, 'paths'), null, entry)
  t.equal(textFault('/admin/', 'users'), null, 'user names do not begin with a slash')
  t.ok(compileTexts(['/^\\/api\\/$/'])('/api/'))
  t.notOk(compileTexts(['/^\\/api\\/$/'])('/api/x'))
  t.ok(compileTexts(['/^\\/api\\//'])('/api/x'))
  t.ok(compileTexts(['/(api)/'])('/x/apis'))
})
