// Connections that bring no HTTP: raw TCP clients. Those that bring no TLS are in test/flows/tls-errors.ts.
import { mkdtempSync } from 'node:fs'
import { connect as connectHttp2, type Http2ServerRequest } from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { auditedApp, eventually, listen, sendRaw } from '../support/audited-app.js'
import { type ConnectionEvent, recorded, send } from '../support/connections.js'
import { withFullDisk } from '../support/faults.js'

test('what Node\'s parser refuses is recorded with client and code, and answered as ever', async t => {
  const audited = await auditedApp(t, { server: { http: { maxHeaderSize: 1024 } } as never })
  const port = await listen(audited.app)
  const line = await send(port, 'GEHEIM / HTTP/1.1\r\n\r\n')
  const large = await send(port, `GET / HTTP/1.1\r\nHost: h\r\nX-Large: ${'geheim'.repeat(1000)}\r\n\r\n`)
  const header = await send(port, 'GET / HTTP/1.1\r\nHost: h\r\nGe heim: 1\r\n\r\n')
  t.match(line.answer, /^HTTP\/1.1 400[^]*Client Error/)
  t.match(large.answer, /^HTTP\/1.1 431[^]*Exceeded maximum allowed HTTP header size/)
  t.match(header.answer, /^HTTP\/1.1 400/)
  const { events, short } = await recorded(audited, 3)
  t.same(short, ['bad_headers HPE_INVALID_METHOD', 'bad_headers HPE_HEADER_OVERFLOW', 'bad_headers HPE_INVALID_HEADER_TOKEN'])
  t.same(events.map(({ client }) => client), [line, large, header].map(({ from }) => ({ ip: '127.0.0.1', port: from })))
  t.match(events[0], { event: { category: ['network'], type: ['denied'], outcome: 'failure' } })
  t.notMatch(JSON.stringify(events), /geheim|ge heim/i)
})

test('a request that does not all come in time is recorded; a connection that says nothing is not', async t => {
  const audited = await auditedApp(t, { server: { http: { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 50 } } as never })
  const port = await listen(audited.app)
  const silent = sendRaw(port, '')
  t.match(await sendRaw(port, 'GET / HTTP/1.1\r\nHost: h\r\n'), /^HTTP\/1.1 408/)
  t.match(await silent, /^(HTTP\/1.1 408|$)/)
  t.same((await recorded(audited, 1)).short, ['bad_headers ERR_HTTP_REQUEST_TIMEOUT'])
})

test('a client that goes away in the middle of what it sends has sent nothing wrong', async t => {
  const audited = await auditedApp(t)
  audited.app.post('/', async () => 'ok')
  const port = await listen(audited.app)
  await send(port, 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf')
  await send(port, 'GET / HT')
  t.same((await recorded(audited, 1)).short, ['http_request unknown'])
})

test('two applications in one process record what is theirs', async t => {
  const audited = [await auditedApp(t), await auditedApp({ testdir: () => mkdtempSync(join(tmpdir(), 'fastify-audit-')), teardown: t.teardown.bind(t), fail: t.fail.bind(t) } as Test)]
  const ports = [await listen(audited[0]!.app), await listen(audited[1]!.app)]
  const from = [await send(ports[0]!, 'NO\r\n\r\n'), await send(ports[1]!, 'NO\r\n\r\n')].map(sent => sent.from)
  for (const [i, app] of audited.entries()) t.same((await recorded(app, 1)).events.map(({ client }) => client?.port), [from[i]])
})

test('a connection that is reset or closed is no fault', async t => {
  const audited = await auditedApp(t)
  const port = await listen(audited.app)
  let theirEnd: Socket | undefined
  audited.app.server.once('connection', socket => { theirEnd = socket })
  const reset = connect(port, '127.0.0.1')
  reset.write('GET / HTTP/1.1\r\n')
  t.ok(await eventually(() => theirEnd !== undefined && theirEnd.bytesRead > 0), 'in the middle of a request')
  reset.resetAndDestroy()
  await eventually(() => theirEnd!.destroyed)
  await send(port, '')
  await send(port, 'NO HTTP\r\n\r\n')
  t.same((await recorded(audited, 1)).short, ['bad_headers HPE_INVALID_METHOD'])
})

test('an application\'s own handler answers, sees what it saw, and is not doubled', async t => {
  const seen: string[] = []
  const audited = await auditedApp(t, {
    server: {
      clientErrorHandler (error: Error & { code: string }, socket: Socket) {
        seen.push(error.code)
        // Stays open: whatever comes next on it is refused again.
        socket.write('theirs')
        if (seen.length === 2) socket.destroy()
      }
    } as never
  })
  const port = await listen(audited.app)
  t.match(await sendRaw(port, 'NO\r\n\r\n', { then: socket => { socket.once('data', () => socket.write('NO MORE\r\n\r\n')) } }), /^(theirs)+$/)
  t.ok(seen.length >= 2)
  t.same((await recorded(audited, 1)).short, ['bad_headers HPE_INVALID_METHOD'], 'one event for the connection')
})

test('where nobody listens any more, Node answers, and an event is said', async t => {
  const audited = await auditedApp(t)
  audited.app.server.removeAllListeners('clientError')
  const port = await listen(audited.app)
  t.match((await send(port, 'NO\r\n\r\n')).answer, /^HTTP\/1.1 400 Bad Request\r\nConnection: close/)
  t.same((await recorded(audited, 1)).short, ['bad_headers HPE_INVALID_METHOD'])
})

test('our listener goes with the last of theirs', async t => {
  const { app } = await auditedApp(t)
  const [, theirs] = app.server.listeners('clientError')
  app.server.removeListener('clientError', theirs as () => void)
  t.equal(app.server.listenerCount('clientError'), 0)
})

test('the second server that listening on localhost makes is watched', async t => {
  const audited = await auditedApp(t)
  const port = await listen(audited.app, 'localhost')
  const main = audited.app.server.address() as AddressInfo
  const other = (audited.app.addresses() as AddressInfo[]).find(({ address }) => address !== main.address)
  if (other === undefined) {
    t.pass('localhost is one address on this machine')
    return
  }
  const { from, answer } = await send(port, 'NO\r\n\r\n', other.address)
  t.match(answer, /^HTTP\/1.1 400/)
  const { events, short } = await recorded(audited, 1)
  t.same(short, ['bad_headers HPE_INVALID_METHOD'])
  t.same(events[0]!.client, { ip: other.address, port: from })
})

test('bytes that are no HTTP/2 are recorded', async t => {
  const audited = await auditedApp(t, { server: { http2: true } as never })
  const port = await listen(audited.app)
  const { from } = await send(port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  const { events, short } = await recorded(audited, 1)
  t.same(short, ['bad_headers ERR_HTTP2_ERROR'])
  t.same(events[0]!.client, { ip: '127.0.0.1', port: from })
})

test('a session of HTTP/2 that the application ends, for a reason of its own, is no fault', async t => {
  const audited = await auditedApp(t, { server: { http2: true } as never, section: { http: { ignore_paths: ['/'] } } })
  audited.app.get('/', request => {
    const { stream } = request.raw as unknown as Http2ServerRequest
    stream.session!.destroy(new Error('geheim'))
    return new Promise(() => {})
  })
  const port = await listen(audited.app)
  const session = connectHttp2(`http://127.0.0.1:${port}`).on('error', () => {})
  session.request({ ':path': '/' }).on('error', () => {})
  await new Promise(resolve => session.once('close', resolve))
  await send(port, 'NO HTTP\r\n\r\n')
  t.same((await recorded(audited, 1)).short, ['bad_headers ERR_HTTP2_ERROR'])
})

test('of thousands of connections that bring no HTTP few are recorded, all are counted, and the application goes on', async t => {
  const audited = await auditedApp(t, { section: { security: { connection_events_per_second: 3 } } })
  audited.app.get('/', async () => 'ok')
  const port = await listen(audited.app)
  for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 100 }, () => send(port, 'NO HTTP\r\n\r\n')))
  t.match(await sendRaw(port, 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 200/)
  await audited.app.close()
  const bad = (await audited.events()).filter(({ event }) => event.action === 'bad_headers') as (ConnectionEvent & { labels?: { left_out_events?: number } })[]
  t.ok(bad.length < 1000, String(bad.length))
  t.equal(bad.reduce((sum, { labels }) => sum + 1 + (labels?.left_out_events ?? 0), 0), 2000)
})

test('what the queue does not hold is lost, counted, and hinders nobody', async t => {
  const audited = await auditedApp(t, { section: { queue: { max_bytes: '16kb' }, security: { connection_events_per_second: 100_000 } } })
  const { app } = audited
  app.get('/', async () => 'ok')
  const port = await listen(app)
  await withFullDisk(0, async () => {
    for (let i = 0; i < 5; i++) await Promise.all(Array.from({ length: 100 }, () => send(port, 'NO HTTP\r\n\r\n')))
    t.match(await sendRaw(port, 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 200/)
    t.ok(app.audit.status().lost > 400, 'the queue was full')
  })
  // The loss itself is told in the log by an event of its own, said when the last of them are written.
  t.ok(await eventually(() => app.audit.status().queued === 0))
  const { accepted, written, lost } = app.audit.status()
  t.equal(accepted, written + lost)
  const events = await audited.events()
  t.equal(events.length, written)
  const told = events.filter(({ event }) => event.action === 'audit_events_lost') as (ConnectionEvent & { labels: { lost_events: number } })[]
  t.equal(accepted, 501 + told.length)
  t.equal(told.reduce((sum, { labels }) => sum + labels.lost_events, 0), lost)
})
