import { test } from 'tap'
import { createRedaction } from '../../lib/http/redact.js'
import { createTargetReader } from '../../lib/http/target.js'

test('a request target is taken apart as it came', async t => {
  const urlOf = createTargetReader(createRedaction([]))
  const cases: [target: string, host: string, expected: object][] = [
    ['/a/b?c=d&e=%20', 'localhost:3000', { domain: 'localhost', port: 3000, path: '/a/b', query: 'c=d&e=%20' }],
    ['/a?', 'localhost:3000', { domain: 'localhost', port: 3000, path: '/a' }],
    ['/a?b?c#d', 'example.org', { domain: 'example.org', path: '/a', query: 'b?c#d' }],
    ['/', '[::1]:8080', { domain: '[::1]', port: 8080, path: '/' }],
    ['/', '[::1]', { domain: '[::1]', path: '/' }],
    ['/', '', { path: '/' }],
    ['/', 'h:99999', { domain: 'h', path: '/' }],
    ['/', 'h:port', { domain: 'h:port', path: '/' }],
    ['*', 'h', { domain: 'h', path: '*' }],
    ['', 'h', { domain: 'h', path: '' }],
    ['//evil/path', 'h', { domain: 'h', path: '//evil/path' }],
    ['HTTP://Other:81/p?q', 'h', { scheme: 'http', domain: 'Other', port: 81, path: '/p', query: 'q' }],
    ['http://other', 'h', { scheme: 'http', domain: 'other', path: '/' }],
    ['http://other?q=/', 'h', { scheme: 'http', domain: 'other', path: '/', query: 'q=/' }],
    ['http://jane:pa:ss@w0rd@other/p', 'h', { scheme: 'http', domain: 'other', path: '/p' }],
    ['/cart;jsessionid=1;b?a=1&token=x', 'h', { domain: 'h', path: '/cart;jsessionid=[redacted]', query: 'a=1&token=[redacted]' }],
    ['foo://other/health', 'h', { domain: 'h', path: 'foo://other/health' }],
    ['host:443', 'h', { domain: 'h', path: 'host:443' }]
  ]
  for (const [target, host, expected] of cases) {
    t.same(JSON.parse(JSON.stringify(urlOf(target, host, 'scheme' in expected ? 'https' : undefined))), expected, `${target} at ${host}`)
  }
  t.equal(urlOf('/', 'h', 'https').scheme, 'https')
})
