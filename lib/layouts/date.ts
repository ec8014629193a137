// The formats of `%date` in the pattern layout, as Kibana's. Called by pattern.ts, which
// compiles one of these for each `%date` of a pattern.

/** The formats: `2012-02-01T14:30:22.011Z`, `2012-02-01T09:30:22.011-05:00`, `09:30:22.011`, `1328106622` and `1328106622011`. */
export const DATE_FORMATS = ['ISO8601', 'ISO8601_TZ', 'ABSOLUTE', 'UNIX', 'UNIX_MILLIS'] as const

export type DateFormat = typeof DATE_FORMATS[number]

const MINUTE = 60_000

/** Whether there is such a format. */
export function isDateFormat (format: string): format is DateFormat {
  return DATE_FORMATS.some(known => known === format)
}

/** Whether there is such a time zone: a name of the IANA database, such as `America/Los_Angeles`. */
export function isTimeZone (zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) instanceof Intl.DateTimeFormat
  } catch {
    return false
  }
}

/**
 * Makes the function that writes a date, given in milliseconds since the epoch.
 *
 * @param zone for `ISO8601_TZ` and `ABSOLUTE`; the others are the same everywhere. @default the system's
 * @throws {RangeError} the time zone does not exist
 */
export function createDateFormat (format: DateFormat, zone?: string): (time: number) => string {
  switch (format) {
    case 'ISO8601': return time => new Date(time).toISOString()
    case 'UNIX': return time => String(Math.floor(time / 1000))
    case 'UNIX_MILLIS': return time => String(time)
    case 'ABSOLUTE': {
      const offsetAt = createOffset(zone)
      return time => new Date(time + offsetAt(time).milliseconds).toISOString().slice(11, -1)
    }
    case 'ISO8601_TZ': {
      const offsetAt = createOffset(zone)
      return (time) => {
        const offset = offsetAt(time)
        return new Date(time + offset.milliseconds).toISOString().slice(0, -1) + offset.text
      }
    }
  }
}

interface Offset {
  readonly milliseconds: number
  /** `-05:00`; of UTC `+00:00`. */
  readonly text: string
}

// Asking Intl is dear, so the answer is kept for a minute: clocks change on whole minutes.
function createOffset (zone?: string): (time: number) => Offset {
  const zoneName = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
  let knownMinute = Number.NaN
  let known: Offset = { milliseconds: 0, text: '+00:00' }
  return (time) => {
    const minute = Math.floor(time / MINUTE)
    if (minute !== knownMinute) {
      known = parseOffset(zoneName.format(time))
      knownMinute = minute
    }
    return known
  }
}

// Intl ends a date with `GMT-05:00`, in UTC, depending on its version, with `GMT` alone.
function parseOffset (date: string): Offset {
  const text = `${date}+00:00`.replace(/^.*?([+-]\d\d:\d\d).*$/, '$1')
  const milliseconds = (Number(text.slice(1, 3)) * 60 + Number(text.slice(4))) * MINUTE
  return { milliseconds: text.startsWith('-') ? -milliseconds : milliseconds, text }
}
