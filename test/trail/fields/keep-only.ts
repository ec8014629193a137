import { test } from 'tap'
import { keepOnly } from '../../../lib/trail/fields/keep-only.js'

const record = {
  '@timestamp': 't',
  message: 'm',
  event: { id: 'i', action: 'a', outcome: 'failure', reason: 'r' },
  user: { id: '1', name: 'ann' },
  'url.path': '/x',
  labels: { audit_fault: 'f', other: 'o' },
  list: [{ x: 1, y: 2 }, { y: 3 }],
  ecs: { version: '9' },
  log: { level: 'l' },
  process: { pid: 1 }
}

test('only what is listed is left, and what every record has', async (t) => {
  const dropped: string[] = []
  const kept = keepOnly(record, ['user.id', 'list.x', 'url'], (_, path) => { dropped.push(path) })
  t.same(JSON.parse(JSON.stringify(kept)), {
    '@timestamp': 't',
    message: 'm',
    event: { id: 'i', action: 'a', outcome: 'failure' },
    user: { id: '1' },
    'url.path': '/x',
    labels: { audit_fault: 'f' },
    list: [{ x: 1 }],
    ecs: { version: '9' },
    log: { level: 'l' },
    process: { pid: 1 }
  })
  t.same(dropped, ['event.reason', 'user.name', 'labels.other', 'list.y', 'list.y'])
  t.equal(Object.keys(kept).length, Object.keys(record).length, 'no field of a record is missing altogether')
})

test('what writes itself, has a prototype for a name or no end is not guessed at', async (t) => {
  const drop = () => {}
  const endless: Record<string, unknown> = {}
  endless.a = endless
  const deep = 'user' + '.a'.repeat(30)
  t.throws(() => keepOnly({ user: new Map() }, ['user.id'], drop))
  t.throws(() => keepOnly({ user: JSON.parse('{"__proto__":{"id":1}}') }, ['user.id'], drop))
  t.throws(() => keepOnly({ user: endless }, [deep], drop))
})
