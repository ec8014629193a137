// A child process that records the events of one bulk call of 10,000 objects again and again:
// `node bulk-child.js <subject> <folder>`. Each `run` message is answered with the CPU time of
// one such call, from the first event until the last line is with the operating system; each
// `stretch` message with the longest time for which the event loop was not free during one.
import { join } from 'node:path'
import { savedObjectEvent } from '../../dist/index.js'
import { createApp } from './app.js'
import { CONSTANT_FIELDS, requestFields } from './ordinary-event.js'
import { addLogging } from './variants/audited.js'

const OBJECTS = 10_000
const HEADERS = {
  authorization: 'Bearer token-07',
  'x-forwarded-for': '203.0.113.7, 10.0.0.1',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
}
const [subject, folder] = process.argv.slice(2)
let call = 0

const subjects = {
  /** `logAll` of events that exist already. */
  async audited (app) {
    await addLogging(app, folder)
    return { prepare: events, run: (request, events) => request.audit.logAll(events) }
  },

  /** The whole of an audited `bulkUpdate`, with the making of the events. */
  async repository (app) {
    await addLogging(app, folder)
    const store = { bulkUpdate: async (objects) => ({ saved_objects: objects }) }
    return { prepare: objects, run: (request, objects) => request.audit.repository(store).bulkUpdate(objects) }
  },

  /** The same lines by ordinary means: an object per event, JSON.stringify, sonic-boom. */
  async ordinary () {
    const { default: SonicBoom } = await import('sonic-boom')
    const file = new SonicBoom({ dest: join(folder, 'ordinary.log'), sync: false })
    async function run (request, events) {
      const drained = new Promise((resolve) => file.once('drain', resolve))
      for (const event of events) {
        file.write(JSON.stringify({
          '@timestamp': new Date().toISOString(),
          ...event,
          kibana: { space_id: request.space, session_id: request.user.session, ...event.kibana },
          ...requestFields(request),
          ...CONSTANT_FIELDS
        }) + '\n')
      }
      await drained
    }
    return { prepare: events, run }
  }
}

function objects () {
  call++
  return Array.from({ length: OBJECTS }, (_, index) => ({
    type: 'dashboard', id: `${call}-${index}-4bf92f35`, attributes: { title: `Revenue ${index}` }
  }))
}

function events () {
  return objects().map(({ type, id }) => savedObjectEvent({ action: 'saved_object_update', object: { type, id } }))
}

const app = createApp()
const { prepare, run } = await subjects[subject](app)

/** What is given to a call, without the garbage of making it, which would be collected at the call's expense. */
async function prepared () {
  const given = prepare()
  await nextTurn()
  // Twice: what survives is then old. A whole collection would shrink the space for what is new.
  globalThis.gc({ type: 'minor' })
  globalThis.gc({ type: 'minor' })
  return given
}

app.get('/run', async function runOnce (request) {
  const given = await prepared()
  const before = process.cpuUsage()
  await run(request, given)
  const { user, system } = process.cpuUsage(before)
  return { microseconds: user + system }
})

app.get('/stretch', async function longestStretch (request) {
  const given = await prepared()
  let longest = 0
  let done = false
  let last = performance.now()
  const watch = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (!done) setImmediate(watch)
  }
  setImmediate(watch)
  last = performance.now()
  await run(request, given)
  done = true
  await nextTurn()
  return { milliseconds: longest }
})

function nextTurn () {
  return new Promise((resolve) => setImmediate(resolve))
}

process.on('message', async (message) => {
  if (message === 'close') {
    await app.close()
    process.exit(0)
  }
  const response = await app.inject({ url: `/${message}`, headers: HEADERS })
  if (response.statusCode !== 200) throw new Error(response.body)
  process.send(response.json())
})
await app.ready()
process.send('ready')
