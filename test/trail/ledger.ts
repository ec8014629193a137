import { test } from 'tap'
import { Ledger, type LedgerParts, type Parcel } from '../../lib/trail/ledger.js'

function ledgerOf (parts: Partial<LedgerParts> = {}): { ledger: Ledger, told: unknown[] } {
  const told: unknown[] = []
  const ledger = new Ledger({
    stops: 1,
    shown: error => ({ code: 'E', message: error.message, time: '' }),
    complete: events => { told.push(['complete', events]) },
    spoil: events => { told.push(['spoil', events]) },
    rescue: () => 'lost',
    failed: (_, isNew) => { told.push(['failed', isNew]) },
    recovered: () => { told.push(['recovered']) },
    refused: kinds => { told.push(['refused', kinds]) },
    ...parts
  })
  return { ledger, told }
}

test('an event is written when the last appender has it', async t => {
  const [one, other] = [ledgerOf(), ledgerOf()]
  const parcel: Parcel = { left: 2, isLost: false, isInFallback: false }
  for (const { ledger } of [one, other]) ledger.sent(parcel)
  one.ledger.written(1)
  other.ledger.written(1)
  t.same([one.told, other.told], [[['complete', 0]], [['complete', 1]]])
})

test('it is lost once, as soon as one of them has lost it, and not written as well', async t => {
  const [one, two, three] = [ledgerOf(), ledgerOf(), ledgerOf()]
  const parcel: Parcel = { left: 3, isLost: false, isInFallback: false }
  for (const { ledger } of [one, two, three]) ledger.sent(parcel)
  one.ledger.lost(1, new Error('full'))
  two.ledger.lost(1, new Error('full'))
  three.ledger.written(1)
  t.same([one.told, two.told, three.told], [[['spoil', 1]], [], [['complete', 0]]])
  t.match(one.ledger, { lostLines: 1, lastError: { message: 'full' } })
})

test('what is lost at its coming is the last, what is written the first', async t => {
  const { ledger } = ledgerOf()
  const parcels = [1, 2, 3].map((): Parcel => ({ left: 1, isLost: false, isInFallback: false }))
  for (const parcel of parcels) ledger.sent(parcel)
  ledger.lost(1, new Error('full'))
  ledger.written(1)
  t.same(parcels, [{ left: 0, isLost: false, isInFallback: false }, { left: 1, isLost: false, isInFallback: false }, { left: 0, isLost: true, isInFallback: false }])
})

test('at the end its lines are offered to others, with their times', async t => {
  const offered: unknown[] = []
  const { ledger, told } = ledgerOf({ rescue: (line, time) => offered.push([line, time]) === 1 ? 'taken' : 'lost' })
  for (let i = 0; i < 2; i++) ledger.sent({ left: 1, isLost: false, isInFallback: false })
  ledger.lost(2, new Error('closed'), [{ bytes: Buffer.from('ä\nb\n'), ends: [3, 5], times: [7, 8] }])
  t.same(offered, [['ä\n', 7], ['b\n', 8]])
  t.same(told, [['spoil', 1]])
})

test('an outage is new once, and only the kinds that stop are told of', async t => {
  const { ledger, told } = ledgerOf()
  ledger.failed(new Error('x'))
  ledger.failed(new Error('x'))
  ledger.recovered()
  ledger.refused(3, new Error('x'))
  t.same(told, [['failed', true], ['failed', false], ['recovered'], ['refused', 1]])
  t.match(ledger, { failures: 2, isFailing: false })
})
