import { test } from 'tap'
import { actual, expectation, oneOfText, pathText, problemLine, suggestion, tagValues } from '../../lib/config/messages.js'

const place = { text: 'audit.yml:12:11', offset: 0 }
const scalar = (value: unknown, written?: string) => ({ place, keyPlace: place, content: { value, written, whole: false, faults: [] } })

test('a line says where, the full key and what is wrong', async (t) => {
  const problem = { place, path: ['appender', 'policy', 'size'], message: 'expected a size such as "100mb", got "10 parsecs"' }
  t.equal(problemLine(problem, ['xpack', 'security', 'audit']),
    'audit.yml:12:11 xpack.security.audit.appender.policy.size: expected a size such as "100mb", got "10 parsecs"')
})

test('keys that are not plain are quoted, so that none forges a line', async (t) => {
  t.equal(pathText(['a', 0, 'b-c', 'd\ne', 'f"', '']), 'a[0].b-c."d\\ne"."f\\"".""')
})

test('what a schema wants is said in words', async (t) => {
  t.equal(expectation({ type: 'string', title: 'a size such as "1mb"', pattern: 'x' }), 'a size such as "1mb"')
  t.equal(expectation({ const: 'x' }), '"x"')
  t.equal(expectation({ enum: ['x', 'y'], title: 'a letter' }), 'one of "x", "y"')
  t.equal(expectation({ type: 'integer', maximum: 9 }), 'a whole number of at most 9')
  t.equal(expectation({ type: ['string', 'null'] }), 'a text or null')
  t.equal(expectation({ pattern: '^x$' }), 'a text that matches ^x$')
  t.equal(expectation({}), 'another value')
  t.equal(expectation(undefined), 'a value')
  t.equal(oneOfText(['x']), '"x"')
})

test('the branches of a tagged union are listed by their tag', async (t) => {
  const union = { discriminator: { propertyName: 'kind' }, oneOf: [{ properties: { kind: { const: 'a' } } }, { properties: { kind: { const: 'b' } } }] }
  t.same(tagValues(union), ['a', 'b'])
  t.same(tagValues({ oneOf: union.oneOf }), [])
  t.equal(expectation({ ...union, title: 'a thing' }), 'an object whose kind is one of "a", "b"')
})

test('what came is shown as it was written, secrets are not', async (t) => {
  t.equal(actual(scalar('v', 'as written'), ['a']), '"as written"')
  t.equal(actual(scalar(() => {}), ['a']), 'a function')
  t.equal(actual(scalar(new Date(0)), ['a']), 'an instance of a class')
  t.equal(actual(scalar(Symbol('a circular reference')), ['a']), 'a circular reference')
  t.equal(actual(scalar(true), ['a']), 'true')
  t.equal(actual(undefined, ['a']), 'nothing')
  t.equal(actual(scalar(null), ['password']), 'nothing')
  for (const key of ['password', 'ssl.keyPassphrase', 'apiToken', 'Authorization', 'client_secret', 'credentials', 'key']) {
    t.equal(actual(scalar('hunter2'), ['x', key, 0]), 'a value that is not shown here', key)
  }
  for (const [url, shown] of [['collector:4318', 'collector:4318'], ['hooks.example/services/hunter2', 'hooks.example/…'], ['ftp://jane:hunter2@host:1?hunter2', 'ftp://host:1/…'], ['jane:hunter2@host', 'host'], ['', ''], ['https://', 'https://']]) {
    t.equal(actual(scalar(url), ['x', 'url']), JSON.stringify(shown), 'of a URL, what comes up to its host')
  }
})

test('the nearest name is suggested, if one is near', async (t) => {
  const known = ['enabled', 'appender', 'ignore_filters', 'http', 7]
  t.equal(suggestion('enable', known), '; did you mean "enabled"?')
  t.equal(suggestion('ENABLED', known), '; did you mean "enabled"?')
  t.equal(suggestion('ignoreFilters', known), '; did you mean "ignore_filters"?')
  t.equal(suggestion('appendre', known), '; did you mean "appender"?')
  t.equal(suggestion('something-else', known), '')
  t.equal(suggestion('x'.repeat(1_000_000), known), '', 'a long name costs no more than a short one')
  t.equal(suggestion(7, known), '')
})
