// How fast an appender that ships catches up with a backlog, and what that costs the process:
// `npm run build && node test/bench/shipping.js`. docs/performance.md has the figures.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createShippingAppender } from '../../dist/appenders/shipping/appender.js'
import { segmentPath } from '../../dist/appenders/shipping/segments.js'
import { newSlotName } from '../../dist/appenders/shipping/slots.js'
import { createWebhookAppender } from '../../dist/appenders/webhook.js'

const EVENTS = 100_000
const SEGMENT = 16e6

const path = mkdtempSync(join(tmpdir(), 'audit-shipping-'))
const log = { info () {}, warn () {}, error (details, message) { console.error(message, details) } }
const surroundings = { directory: path, locate: (...keys) => keys.join('.'), now: Date.now, log, durability: 'write', mayOpenLater: false, notice () {} }

const line = number => `{"@timestamp":"2026-11-27T20:25:10.907Z","message":"User is requesting [/api/dashboards/${number}] endpoint","event":{"id":"0195-${number}","action":"http_request","category":["web"],"outcome":"unknown"},"http":{"request":{"method":"get"}},"url":{"domain":"localhost","path":"/api/dashboards/${number}","port":3000,"scheme":"http"},"user":{"id":"1","name":"jdoe","roles":["admin","editor"]},"client":{"ip":"127.0.0.1"},"kibana":{"space_id":"default","session_id":"123456789"},"trace":{"id":"3f2b1c4d5e6f708192a3b4c5d6e7f809"},"ecs":{"version":"9.4.0"},"log":{"level":"INFO","logger":"fastify-audit"},"process":{"pid":4711}}`

/** What a process that could send nothing has left. */
function leave () {
  const folder = join(path, newSlotName(1000))
  mkdirSync(folder, { recursive: true })
  let text = ''
  let number = 1
  for (let i = 0; i < EVENTS; i++) {
    text += line(i) + '\n'
    if (text.length > SEGMENT) {
      writeFileSync(segmentPath(folder, number++), text)
      text = ''
    }
  }
  writeFileSync(segmentPath(folder, number), text)
}

async function measure (name, open) {
  leave()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const before = process.cpuUsage()
  const start = performance.now()
  const appender = await open()
  while (appender.shipping().sent < EVENTS) await new Promise(resolve => setTimeout(resolve, 5))
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(before)
  delay.disable()
  console.log(`${name}: ${Math.round(EVENTS / seconds)} events/s, ${((user + system) / EVENTS).toFixed(1)} µs of CPU for each, event loop held for p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, ${Math.round(process.memoryUsage().rss / 1e6)} MB`)
  await appender.close()
}

const server = spawn(process.execPath, ['-e', 'require("http").createServer((request, response) => { request.resume().on("end", () => response.writeHead(204).end()) }).listen(0, "127.0.0.1", function () { console.log(this.address().port) })'], { stdio: ['ignore', 'pipe', 'inherit'] })
const [port] = await once(server.stdout, 'data')
const url = `http://127.0.0.1:${Number(port)}/`
const spool = { path }
await measure('a sender that does nothing', () => createShippingAppender({ spool }, surroundings, { send: async events => events.map(() => 'delivered'), async close () {} }))
await measure('webhook, many in a request', () => createWebhookAppender({ type: 'webhook', url, per_request: 'many', spool }, surroundings))
await measure('webhook, one in a request', () => createWebhookAppender({ type: 'webhook', url, per_request: 'one', spool }, surroundings))
server.kill()
rmSync(path, { recursive: true })
