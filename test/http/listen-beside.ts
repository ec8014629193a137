import { EventEmitter } from 'node:events'
import { test } from 'tap'
import { listenBeside } from '../../lib/http/listen-beside.js'

test('ours comes with the first of theirs, is called before it, and goes with the last', async t => {
  const heard: string[] = []
  const emitter = new EventEmitter()
  const theirs = (): void => { heard.push('theirs') }
  const others = (): void => { heard.push('others') }
  listenBeside(emitter, 'event', (what: string) => { heard.push(`ours ${what}`) })
  t.equal(emitter.emit('event', 1), false, 'nobody listens')
  emitter.on('event', theirs).on('event', others).on('other', theirs)
  emitter.emit('event', 2)
  t.same(heard.splice(0), ['ours 2', 'theirs', 'others'])
  emitter.removeListener('event', theirs)
  emitter.emit('event', 3)
  t.same(heard.splice(0), ['ours 3', 'others'])
  emitter.removeListener('event', others)
  t.equal(emitter.listenerCount('event'), 0)
  emitter.once('event', theirs)
  emitter.emit('event', 4)
  t.same(heard.splice(0), ['ours 4', 'theirs'])
  t.equal(emitter.emit('event', 5), false)
})

test('ours is first also among those that are there, and goes when all are removed', async t => {
  const heard: string[] = []
  const emitter = new EventEmitter().on('event', () => { heard.push('theirs'); throw new Error('no') })
  listenBeside(emitter, 'event', () => { heard.push('ours') })
  t.throws(() => emitter.emit('event'))
  t.same(heard, ['ours', 'theirs'])
  emitter.removeAllListeners('event')
  t.equal(emitter.listenerCount('event'), 0)
})
