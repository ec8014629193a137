import { test } from 'tap'
import { createDateFormat, DATE_FORMATS, isDateFormat, isTimeZone, type DateFormat } from '../../lib/layouts/date.js'

process.env.TZ = 'America/New_York'

const time = Date.UTC(2012, 1, 1, 14, 30, 22, 11)

test('each format writes the date as Kibana does, in local time', async (t) => {
  const dates: Record<DateFormat, string> = {
    ISO8601: '2012-02-01T14:30:22.011Z',
    ISO8601_TZ: '2012-02-01T09:30:22.011-05:00',
    ABSOLUTE: '09:30:22.011',
    UNIX: '1328106622',
    UNIX_MILLIS: '1328106622011'
  }
  t.same(Object.keys(dates), DATE_FORMATS)
  for (const format of DATE_FORMATS) t.equal(createDateFormat(format)(time), dates[format], format)
})

test('a zone moves the formats that are local, and no others', async (t) => {
  const dates: [format: DateFormat, zone: string, date: string][] = [
    ['ISO8601', 'America/Los_Angeles', '2012-02-01T14:30:22.011Z'],
    ['ISO8601_TZ', 'America/Los_Angeles', '2012-02-01T06:30:22.011-08:00'],
    ['ABSOLUTE', 'America/Los_Angeles', '06:30:22.011'],
    ['UNIX', 'America/Los_Angeles', '1328106622'],
    ['UNIX_MILLIS', 'America/Los_Angeles', '1328106622011'],
    ['ISO8601_TZ', 'UTC', '2012-02-01T14:30:22.011+00:00'],
    ['ISO8601_TZ', 'Asia/Kathmandu', '2012-02-01T20:15:22.011+05:45'],
    ['ISO8601_TZ', 'America/St_Johns', '2012-02-01T11:00:22.011-03:30'],
    ['ISO8601_TZ', 'Pacific/Kiritimati', '2012-02-02T04:30:22.011+14:00']
  ]
  for (const [format, zone, date] of dates) t.equal(createDateFormat(format, zone)(time), date, `${format} ${zone}`)
})

test('the offset follows the change of clocks, to the millisecond, also backwards', async (t) => {
  const berlin = createDateFormat('ISO8601_TZ', 'Europe/Berlin')
  const dates: [utc: string, date: string][] = [
    ['2026-03-29T00:59:59.999Z', '2026-03-29T01:59:59.999+01:00'],
    ['2026-03-29T01:00:00.000Z', '2026-03-29T03:00:00.000+02:00'],
    ['2026-03-29T00:59:59.999Z', '2026-03-29T01:59:59.999+01:00'],
    ['2026-10-25T00:59:59.999Z', '2026-10-25T02:59:59.999+02:00'],
    ['2026-10-25T01:00:00.000Z', '2026-10-25T02:00:00.000+01:00']
  ]
  for (const [utc, date] of dates) t.equal(berlin(Date.parse(utc)), date)
})

test('at every hour of two years the date in a zone is the same moment', async (t) => {
  const wrong: string[] = []
  for (const zone of ['America/New_York', 'Europe/Dublin', 'Australia/Lord_Howe']) {
    const format = createDateFormat('ISO8601_TZ', zone)
    for (let moment = Date.UTC(2025, 0, 1, 0, 15); moment < Date.UTC(2027, 0, 1); moment += 3_600_000) {
      if (Date.parse(format(moment)) !== moment) wrong.push(format(moment))
    }
  }
  t.same(wrong, [])
})

test('formats and zones that do not exist are known as such', async (t) => {
  t.ok(isDateFormat('UNIX'))
  for (const format of ['', 'HH', 'iso8601', 'constructor']) t.notOk(isDateFormat(format), format)
  t.ok(isTimeZone('Europe/Berlin'))
  for (const zone of ['', 'Europe/Kibana', 'Local', '; rm']) t.notOk(isTimeZone(zone), zone)
})
