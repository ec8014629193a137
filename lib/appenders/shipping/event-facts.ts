// What the forwarder has to know of an event and finds in its line, without reading all of it.
// Called by slot-reader.ts for each event: the hot path of a backlog that is caught up.
import { createHash } from 'node:crypto'
import type { ShippedEvent } from './sender.js'

// Where the json layout puts them. Quotes within a text are escaped: these cannot be part of one.
const ID = /"event":\{"id":"([^"\\]{1,128})"/
const TIME = /^\{"@timestamp":"([^"]{1,40})"/

/**
 * @param line without its line feed
 * @param place where it stands, and nothing else ever will: what its id is made of where it shows none
 * @param fallbackTime for a line that does not show one, milliseconds since the epoch
 */
export function shippedEvent (line: string, place: string, fallbackTime: number): ShippedEvent {
  const id = ID.exec(line)?.[1] ?? createHash('sha256').update(place).digest('hex').slice(0, 32)
  return { id, time: Date.parse(TIME.exec(line)?.[1] ?? '') || fallbackTime, line }
}
