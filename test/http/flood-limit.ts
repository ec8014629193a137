import { test } from 'tap'
import { limitFloods } from '../../lib/http/flood-limit.js'
import type { AuditEvent } from '../../lib/index.js'

const event = (message: number): AuditEvent => ({ message: String(message), event: { action: 'tls_error', category: 'network' }, labels: { mark: true } })

function limited (perSecond: number): { said: string[], limit: ReturnType<typeof limitFloods>, clock: { time: number } } {
  const said: string[] = []
  const clock = { time: 0 }
  const limit = limitFloods(perSecond, ({ message, labels }) => { said.push(`${message}${labels?.left_out_events === undefined ? '' : ` +${labels.left_out_events}`}${labels?.mark === true ? '' : ' unmarked'}`) }, () => clock.time)
  return { said, limit, clock }
}

test('so many pass in a second; of the others the last is told with their number', async t => {
  const { said, limit, clock } = limited(2)
  for (let i = 0; i < 10; i++) limit.say(event(i))
  t.same(said, ['0', '1'])
  clock.time = 1000
  limit.say(event(10))
  t.same(said.splice(0), ['0', '1', '9 +7', '10'], 'before the first of the next second')
  limit.say(event(11))
  limit.say(event(12))
  clock.time = 5000
  limit.say(event(13))
  t.same(said, ['11', '12', '13'], 'of one alone there are no others')
})

test('what is left out is told when its second is over, also when nothing comes any more', async t => {
  const { said, limit } = limited(1)
  for (let i = 0; i < 4; i++) limit.say(event(i))
  // The timer does not keep the process alive; this one does.
  const alive = setInterval(() => {}, 10)
  while (said.length < 2) await new Promise(resolve => setTimeout(resolve, 10))
  clearInterval(alive)
  t.same(said, ['0', '3 +2'])
})

test('it can be told at once, and once', async t => {
  const { said, limit } = limited(1)
  limit.tell()
  for (let i = 0; i < 3; i++) limit.say(event(i))
  limit.tell()
  limit.tell()
  t.same(said, ['0', '2 +1'])
})
