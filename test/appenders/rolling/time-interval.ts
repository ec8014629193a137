import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { createTimeInterval, nextBoundary, startOfFile, timeIntervalSchema } from '../../../lib/appenders/rolling/time-interval.js'
import { batchOf } from '../../support/appender-contract.js'

/** Local time, as the reference writes it. */
const at = (local: string): number => new Date(local.replace(' ', 'T')).getTime()

function inZone (zone: string, check: () => void): void {
  const before = process.env['TZ']
  process.env['TZ'] = zone
  try {
    check()
  } finally {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  }
}

const zones = ['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Africa/Cairo', 'America/Havana']

test('files end at boundaries of the interval in local time', async t => {
  const examples = [
    ['30m', '2010-10-20 04:27:12.512', '2010-10-20 04:30'],
    ['6h', '2010-10-20 04:27:12.512', '2010-10-20 06:00'],
    ['1w', '2010-10-20 04:27:12.512', '2010-10-24 00:00'],
    ['6h', '2010-10-20 06:00', '2010-10-20 12:00'],
    ['1d', '2010-10-14 00:00', '2010-10-15 00:00'],
    ['2w', '2010-01-03 00:00', '2010-01-17 00:00'],
    ['1w', '2010-12-30 12:00', '2011-01-02 00:00'],
    ['9h', '2010-10-20 21:00', '2010-10-21 03:00'],
    ['4d', '2010-12-31 21:00', '2011-01-03 00:00'],
    ['24h', '2010-10-20 23:59:59.999', '2010-10-21 00:00'],
    ['120m', '2010-10-20 03:10', '2010-10-20 04:00'],
    ['7d', '2010-10-20 03:10', '2010-10-24 00:00'],
    ['1h', '2010-10-20 03:10:05.123', '2010-10-20 04:00'],
    ['15s', '2010-10-20 03:10:05.123', '2010-10-20 03:10:15'],
    ['500ms', '2010-10-20 03:10:05.123', '2010-10-20 03:10:05.500'],
    ['60000ms', '2010-10-20 03:10:05.123', '2010-10-20 03:11'],
    ['1M', '2010-12-20 03:10', '2011-01-01 00:00'],
    ['6M', '2010-05-20 03:10', '2010-07-01 00:00'],
    ['12M', '2010-05-20 03:10', '2011-01-01 00:00'],
    ['2Y', '2010-05-20 03:10', '2012-01-01 00:00']
  ] as const
  for (const zone of zones) {
    inZone(zone, () => {
      for (const [interval, time, boundary] of examples) {
        t.equal(nextBoundary(at(time), interval, true), at(boundary), `${interval} at ${time} in ${zone}`)
      }
    })
  }
})

test('a day ends at midnight, also when it has 23 or 25 hours', async t => {
  const changes = {
    'America/New_York': ['2023-03-11', '2023-03-12', '2023-03-13', '2023-11-04', '2023-11-05', '2023-11-06'],
    'Europe/Berlin': ['2023-03-25', '2023-03-26', '2023-03-27', '2023-10-28', '2023-10-29', '2023-10-30']
  }
  for (const [zone, days] of Object.entries(changes)) {
    inZone(zone, () => {
      for (const day of days) {
        const midnight = new Date(at(`${day} 12:00`))
        midnight.setHours(24, 0, 0, 0)
        for (const time of ['00:00', '01:30', '12:00', '23:59:59.999']) {
          t.equal(nextBoundary(at(`${day} ${time}`), '24h', true), midnight.getTime(), `${day} ${time} in ${zone}`)
        }
      }
    })
  }
})

test('hours follow the clock, also when it changes', async t => {
  inZone('America/New_York', () => {
    t.equal(nextBoundary(at('2023-03-12 00:27'), '6h', true), at('2023-03-12 06:00'), 'an hour is missing')
    t.equal(nextBoundary(at('2023-11-05 00:27'), '6h', true), at('2023-11-05 06:00'), 'an hour comes twice')
    const half = 30 * 60_000
    const firstHalfPastOne = at('2023-11-05 00:30') + 2 * half
    t.equal(nextBoundary(firstHalfPastOne, '1h', true), firstHalfPastOne + half, 'the repeated hour has a file of its own')
    t.equal(nextBoundary(firstHalfPastOne + 2 * half, '1h', true), firstHalfPastOne + 3 * half)
    t.equal(nextBoundary(firstHalfPastOne, '30m', true), firstHalfPastOne + half)
  })
})

test('the next boundary lies ahead, at most an interval and a changed clock away', async t => {
  const longest = { '1m': 1, '45m': 60, '1h': 60, '5h': 6 * 60, '1d': 25 * 60, '3d': 4 * 24 * 60, '1w': 7 * 24 * 60 + 60, '3w': 22 * 24 * 60, '1M': 31 * 24 * 60 + 60 }
  for (const zone of zones) {
    inZone(zone, () => {
      for (const [interval, minutes] of Object.entries(longest)) {
        for (let time = at('2023-01-01 00:00'); time < at('2024-01-01 00:00'); time += 7_777_777) {
          const ahead = nextBoundary(time, interval, true) - time
          if (ahead <= 0 || ahead > minutes * 60_000) t.fail(`${interval} at ${new Date(time).toISOString()} in ${zone}: ${ahead} ms ahead`)
        }
      }
    })
  }
  t.pass('every time of a year in every zone')
})

test('a boundary that clocks come to twice does not make a file of each line', async t => {
  inZone('Antarctica/Troll', () => {
    // 03:00 is 01:00 again, so that at the second 01:30 the first 02:00 is the past.
    const second = Date.parse('2023-10-29T01:30:00.000Z')
    t.equal(new Date(second).getHours(), 1)
    t.equal(nextBoundary(second, '2h', true), second + 2 * 60 * 60 * 1000)
  })
})

test('without modulate, files end an interval after their first event', async t => {
  t.equal(nextBoundary(at('2010-10-20 04:27:12'), '15m', false), at('2010-10-20 04:42:12'))
  t.equal(nextBoundary(at('2010-02-12 04:27:12'), '24h', false), at('2010-02-13 04:27:12'))
  t.equal(nextBoundary(at('2010-02-17 06:34:55'), '2d', false), at('2010-02-19 06:34:55'))
})

test('an interval may not overflow its unit', async t => {
  const { pattern } = timeIntervalSchema.properties.interval
  const interval = new RegExp(pattern, 'u')
  const whole = [
    '1ms', '500ms', '999ms', '1000ms', '2000ms', '60000ms', '30s', '59s', '60s', '120s', '3600s', '15m', '60m', '240m', '1440m', '12h', '23h', '24h',
    '48h', '168h', '1d', '4d', '6d', '7d', '14d', '28d', '1w', '3w', '4w', '1M', '7M', '11M', '12M', '24M', '1Y', '7Y'
  ]
  const overflowing = ['1001ms', '2500ms', '61000ms', '90s', '3601s', '75m', '90m', '1500m', '25h', '36h', '192h', '8d', '9d', '30d', '5w', '15w', '13M', '23M', '0h', '-1h', '1.5h', 'h', '24', '24H', '24h ', ' 24h']
  for (const text of whole) t.match(text, interval, text)
  for (const text of overflowing) t.notMatch(text, interval, text)
})

test('rolls before the first event at or after the boundary', async t => {
  const line = (times: string[]) => batchOf(times, times.map(time => at(`2010-10-20 ${time}`)))
  const firstLineAfterRoll = createTimeInterval({ type: 'time-interval', interval: '1h' }, at('2010-10-20 04:10'))
  t.equal(firstLineAfterRoll(line(['04:20', '04:59:59.999']), 0, 100), 2)
  t.equal(firstLineAfterRoll(line(['04:59', '05:00', '05:01']), 0, 100), 1)
  t.equal(firstLineAfterRoll(line(['05:10', '05:20']), 0, 100), 0)
  t.equal(firstLineAfterRoll(line(['04:59', '05:00', '05:01']), 1, 0), 3, 'into an empty file with it')
  t.equal(firstLineAfterRoll(line(['05:30', '04:58', '06:00', '05:59']), 0, 100), 2, 'late events go on where the others are')
  t.equal(firstLineAfterRoll(line(['09:00', '09:01', '10:00']), 0, 0), 2, 'the first event of a file sets its boundary')
  t.equal(firstLineAfterRoll(line([]), 0, 100), 0)
  t.equal(firstLineAfterRoll(line([]), 0, 0), 0)
})

test('rolls at midnight when nothing is said', async t => {
  const times = ['2010-10-20 12:00', '2010-10-20 23:59:59.999', '2010-10-21 00:00'].map(at)
  t.equal(createTimeInterval({ type: 'time-interval' })(batchOf(['a', 'b', 'c'], times), 0, 0), 2)
})

test('a file begins with its first event, or its birth, never after its last change', async t => {
  const folder = t.testdir({
    json: '{"@timestamp":"2010-10-20T04:27:12.512Z","message":"first"}\n{"@timestamp":"2011-01-01T00:00:00.000Z"}\n',
    forged: '[2010-10-20] User is reading [id={"@timestamp":"1999-01-01T00:00:00.000Z"}]\n',
    pattern: '[2010-10-20] no timestamp in the first line\n{"@timestamp":"2011-01-01T00:00:00.000Z"}\n',
    nonsense: '{"@timestamp":"yesterday"}\n',
    future: '{"@timestamp":"2999-01-01T00:00:00.000Z"}\n'
  })
  const start = (name: string) => startOfFile(join(folder, name))
  t.equal(await start('json'), Date.parse('2010-10-20T04:27:12.512Z'))
  for (const name of ['pattern', 'forged', 'nonsense', 'future']) {
    t.ok(Math.abs(await start(name) - Date.now()) < 10_000, name)
  }
  await writeFile(join(folder, 'copied'), 'no timestamp\n')
  const changed = new Date('2015-05-05T05:05:05.000Z')
  await utimes(join(folder, 'copied'), changed, changed)
  t.equal(await start('copied'), changed.getTime())
})
