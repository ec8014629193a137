// A listener that only looks on: what Node does with some events of a server depends on whether
// anybody listens to them. Called by watch-servers.ts and watch-connections.ts.
import type { EventEmitter } from 'node:events'

/**
 * Calls `listener` for an event of `emitter`, as the first, as long as somebody else listens
 * as well: it comes with the first of theirs and goes with the last.
 */
export function listenBeside<Heard extends unknown[]> (emitter: EventEmitter, name: string, listener: (...heard: Heard) => void): void {
  const ours = listener as (...heard: unknown[]) => void
  const isThere = (): boolean => emitter.listeners(name).includes(ours)

  if (emitter.listenerCount(name) > 0) emitter.prependListener(name, ours)
  emitter.on('newListener', (added: string, theirs: unknown) => {
    if (added === name && theirs !== ours && !isThere()) emitter.prependListener(name, ours)
  })
  emitter.on('removeListener', (removed: string) => {
    if (removed === name && emitter.listenerCount(name) === 1 && isThere()) emitter.removeListener(name, ours)
  })
}
