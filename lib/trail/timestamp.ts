// The time of an event, as a number for the appenders and as text for the record.

/** Makes a formatter that remembers the last millisecond: under load many events share one. */
export function createTimestamp (): (time: number) => string {
  let last = Number.NaN
  let text = ''
  return function timestamp (time) {
    if (time !== last) {
      last = time
      text = new Date(time).toISOString()
    }
    return text
  }
}
