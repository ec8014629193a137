import { test } from 'tap'
import { renameLegacyKeys } from '../../lib/config/legacy-names.js'
import { readObject } from '../../lib/config/object.js'
import { buildTree, toPlain } from '../../lib/config/setting-tree.js'

const treeOf = (config: object) => buildTree(readObject(config), [], {}).tree

test('the names of 7.x are renamed within an appender, one warning for each', async (t) => {
  const tree = treeOf({
    appender: { kind: 'rolling-file', path: 'a.log', layout: { kind: 'json' }, policy: { kind: 'size-limit' }, strategy: { kind: 'numeric' } }
  })
  const { problems, deprecations } = renameLegacyKeys(tree)
  t.same(problems, [])
  t.same(toPlain(tree), { appender: { type: 'rolling-file', fileName: 'a.log', layout: { type: 'json' }, policy: { type: 'size-limit' }, strategy: { type: 'numeric' } } })
  t.same(deprecations.map(({ path }) => path.join('.')), ['appender.kind', 'appender.path', 'appender.layout.kind', 'appender.policy.kind', 'appender.strategy.kind'])
})

test('elsewhere the same words are left alone, and new names need no warning', async (t) => {
  for (const config of [{ kind: 'x', path: 'y', http: { path: 'z' } }, { appender: { layout: { path: 'x' } } }, { appender: 'kind' }, { appender: { type: 'file', fileName: 'a' } }, {}]) {
    const tree = treeOf(config)
    t.same(renameLegacyKeys(tree), { problems: [], deprecations: [] })
    t.same(toPlain(tree), config)
  }
})

test('an old name beside its new one is an error, and the new one stays', async (t) => {
  const tree = treeOf({ appender: { type: 'file', kind: 'console' } })
  t.match(renameLegacyKeys(tree), { problems: [{ path: ['appender', 'kind'], message: 'expected either "type" or its old name "kind", got both' }], deprecations: [] })
  t.same(toPlain(tree), { appender: { type: 'file' } })
})
