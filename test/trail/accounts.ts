import diagnostics from 'node:diagnostics_channel'
import { test } from 'tap'
import type { AuditEvent, OperationalLog } from '../../lib/contracts.js'
import { Accounts, STATE_CHANNEL, type StateChange } from '../../lib/trail/accounts.js'

function accountsOf (parts: { blocks?: boolean, stops?: number } = {}) {
  const told: string[] = []
  const said: AuditEvent[] = []
  const stopped: Error[] = []
  let hasRoom = true
  let now = Date.UTC(2026, 0, 1)
  const log = Object.fromEntries(['info', 'warn', 'error'].map(level => [level, (_details: object, message: string) => told.push(`${level} ${message}`)])) as unknown as OperationalLog
  const accounts = new Accounts({
    blocks: false,
    stops: 0,
    ...parts,
    surroundings: { log, now: () => (now += 1000) },
    stop: error => { stopped.push(error) },
    say (event) {
      if (hasRoom) said.push(event)
      return hasRoom
    }
  })
  return { accounts, told, said, stopped, setRoom: (room: boolean) => { hasRoom = room } }
}

const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })

test('an outage is told once, however often it is met, and its end once', async t => {
  const { accounts, told } = accountsOf()
  for (let i = 0; i < 100; i++) accounts.failed(full)
  t.match(accounts, { state: 'degraded', failures: 100, lastError: { code: 'ENOSPC', message: 'no space left', time: /^2026-01-01T.*Z$/ } })
  accounts.recovered()
  t.equal(accounts.state, 'ok')
  accounts.failed(full)
  t.equal(told.length, 3)
})

test('what was lost is told once to the operators, and to the log as soon as it can be written, with count, times and reason', async t => {
  const { accounts, told, said, setRoom } = accountsOf()
  for (let i = 0; i < 3; i++) accounts.lost(1, new Error('queue is full', { cause: full }))
  t.same(told, ['error fastify-audit: audit events are being lost'])
  setRoom(false)
  accounts.written(5)
  t.equal(said.length, 0, 'there is no room for it yet')
  accounts.lost(2, full)
  t.equal(told.length, 1)
  setRoom(true)
  accounts.written(5)
  t.same(said, [{
    message: '5 audit events have been lost',
    event: {
      action: 'audit_events_lost',
      category: ['process'],
      type: ['info'],
      outcome: 'failure',
      start: '2026-01-01T00:00:02.000Z',
      end: '2026-01-01T00:00:06.000Z',
      reason: 'Error: queue is full; ENOSPC: no space left'
    },
    labels: { lost_events: 5 }
  }])
  accounts.written(1)
  t.equal(said.length, 1, 'once')
  accounts.lost(1, full)
  accounts.written(1)
  t.match(said[1], { message: '1 audit event has been lost' })
  t.match(accounts, { lostEvents: 6, writtenEvents: 12 })
})

test('where operations are refused the state is blocked; changes of state are published', async t => {
  const { accounts } = accountsOf({ blocks: true })
  const changes: unknown[] = []
  const onChange = (change: unknown): void => { changes.push(change) }
  diagnostics.subscribe(STATE_CHANNEL, onChange)
  t.teardown(() => diagnostics.unsubscribe(STATE_CHANNEL, onChange))
  accounts.failed(full)
  accounts.failed(full)
  accounts.recovered()
  accounts.closed()
  accounts.failed(full)
  t.match(changes, [
    { state: 'blocked', previous: 'ok', error: { code: 'ENOSPC' } },
    { state: 'ok', previous: 'blocked', error: null },
    { state: 'closed', previous: 'ok' }
  ] satisfies unknown as StateChange[])
  t.equal(changes.length, 3, 'and a closed log stays closed')
})

test('an event of a kind that must be recorded stops the application, once; others do not', async t => {
  const { accounts, stopped } = accountsOf({ stops: 0b1001 })
  accounts.refused(0b0110, full)
  t.equal(stopped.length, 0)
  accounts.refused(0b0011, full)
  accounts.refused(0b1000, full)
  t.same(stopped, [full])
})
