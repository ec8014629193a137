// What every appender that ships over a network is made of: a spool on the disk, which acknowledges
// events, and a forwarder, which brings them from there to the other side. Called by each of these
// appenders with a sender that speaks the language of its other side.
import { basename, join, resolve } from 'node:path'
import { durationToMilliseconds, sizeToBytes } from '../../config/units.js'
import type { Appender, Surroundings } from '../../contracts.js'
import { AUDIT_ERR_CLOSED } from '../../errors.js'
import { createDeadLetters } from './dead-letters.js'
import { type Forwarder, startForwarder, within } from './forwarder.js'
import { createPauses } from './pauses.js'
import type { Sender } from './sender.js'
import { withShippingDefaults, type ShippingConfig } from './settings.js'
import { type AdoptedSlot, adoptSlots, newSlotName, removeSlot } from './slots.js'
import { openSpool } from './spool.js'

/** How long a sender may take to let go of its connections. Milliseconds. */
const PATIENCE = 1000

/**
 * Opens the spool and starts to send what is in it. Does not wait for the other side: that it
 * cannot be reached is told to the operators and tried again.
 *
 * @param config of which `shippingProperties` are read
 * @param sender or what makes it, when it is first needed: what that rejects with is like a failure to send, and it is asked again
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) the spool cannot be written to
 */
export async function createShippingAppender (config: ShippingConfig, surroundings: Surroundings, sender: Sender | (() => Promise<Sender>)): Promise<Appender> {
  const { spool: { path, max_bytes: maxBytes }, batch, backoff, shutdown_timeout: timeout } = withShippingDefaults(config)
  const { directory, locate, log, now } = surroundings
  const root = resolve(directory, path)
  const folder = join(root, newSlotName(now()))
  const deadLetters = createDeadLetters(root, now)
  const held = new Set([basename(folder)])
  const once = keepSender(sender)
  let forwarder: Forwarder | null = null
  let underWay: Promise<void> | null = null
  let isClosed = false

  /** Takes over what others have left. What is held is not looked at again until it is let go of. */
  async function adopt (): Promise<AdoptedSlot[]> {
    const slots = await adoptSlots(root, held, log)
    for (const slot of slots) held.add(basename(slot.folder))
    return slots.map(slot => ({
      ...slot,
      async release () {
        await slot.release()
        held.delete(basename(slot.folder))
      }
    }))
  }

  const { appender, slot } = await openSpool({
    folder,
    setting: locate('appender', 'spool', 'path'),
    surroundings,
    maxBytes: sizeToBytes(maxBytes),
    otherBytes: () => deadLetters.bytes + (forwarder?.adoptedBytes ?? 0),
    arrived: time => { forwarder?.arrived(time) }
  })
  const running = forwarder = startForwarder({
    sender: once.get,
    own: slot,
    adopt,
    deadLetters,
    limits: { maxLines: batch.max_events, maxBytes: sizeToBytes(batch.max_bytes) },
    pauses: createPauses(durationToMilliseconds(backoff.init), durationToMilliseconds(backoff.max)),
    linger: durationToMilliseconds(batch.timeout),
    surroundings
  })

  return {
    append (batch) {
      if (isClosed) return Promise.reject(new AUDIT_ERR_CLOSED())
      const appended = appender.append(batch).finally(() => { underWay = null })
      underWay = appended.catch(() => {})
      return appended
    },
    appendNow: batches => isClosed ? 0 : appender.appendNow!(batches),
    reopen: appender.reopen!,
    shipping: running.status,
    async close () {
      if (isClosed) return
      isClosed = true
      // What is on its way is to be sent as well.
      await within(durationToMilliseconds(timeout), underWay)
      const isEmpty = await running.close(durationToMilliseconds(timeout)) && underWay === null
      await once.close()
      await appender.close()
      if (isEmpty) await removeSlot(folder)
    }
  }
}

/** Makes the sender when it is first asked for, and closes it if it was. */
function keepSender (given: Sender | (() => Promise<Sender>)): { readonly get: () => Promise<Sender>, close (): Promise<void> } {
  let made: Promise<Sender> | null = typeof given === 'function' ? null : Promise.resolve(given)
  return {
    get () {
      made ??= (given as () => Promise<Sender>)().catch((error: unknown) => {
        made = null
        throw error
      })
      return made
    },
    async close () {
      await within(PATIENCE, made?.then(sender => sender.close()).catch(() => {}))
    }
  }
}
