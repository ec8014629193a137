// A server that speaks as much of NATS as a publisher to JetStream sees of it, and keeps one stream
// in memory. It answers as a test wants, where a real one could hardly be brought to.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

export interface Published { readonly subject: string, readonly id: string, readonly expectedStream: string, readonly payload: string }

/** What a publisher is told: an acknowledgement, an error of JetStream's API, that nobody listens, nothing; or the connection is closed. */
export type StreamAnswer = 'acknowledge' | 'no-responders' | 'silence' | 'close' | { readonly error: { readonly code: number, readonly err_code: number, readonly description: string } }

export interface NatsStream {
  readonly url: string
  /** What has been stored, each id once, in order. */
  readonly stored: readonly Published[]
  /** Everything that was published, also again, and what was not acknowledged. */
  readonly published: Published[]
  /** The requests to the API of JetStream: the last part of the subject, and what they ask for. */
  readonly requests: { readonly subject: string, readonly body: Record<string, unknown> }[]
  /** The CONNECT of each connection. */
  readonly logins: Record<string, unknown>[]
}

export interface StreamOptions {
  /** @default acknowledges everything */
  readonly answer?: (published: Published, count: number) => StreamAnswer
  /** Whether the stream is there. @default true */
  readonly isThere?: boolean
  /** @default 65536 */
  readonly maxPayload?: number
  /** What a client has to sign. @default nothing */
  readonly nonce?: string
}

const CRLF = '\r\n'

/** Runs until the end of the test. */
export async function startNatsStream (t: Test, { answer = () => 'acknowledge', isThere = true, maxPayload = 65_536, nonce }: StreamOptions = {}): Promise<NatsStream> {
  const sockets = new Set<Socket>()
  let there = isThere
  const known = new Set<string>()
  const stream = { url: '', stored: [] as Published[], published: [] as Published[], requests: [] as { subject: string, body: Record<string, unknown> }[], logins: [] as Record<string, unknown>[] }

  const server = createServer(socket => {
    let bytes = Buffer.alloc(0)
    let at = 0
    // Large messages come in many pieces.
    const chunks: Buffer[] = []
    let came = 0
    let wanted = 1
    let inbox = ''
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => { sockets.delete(socket) })
    socket.write(`INFO ${JSON.stringify({ server_id: 'S', version: '2.10.0', proto: 1, headers: true, jetstream: true, max_payload: maxPayload, nonce })}${CRLF}`)

    const reply = (to: string, body: object): void => {
      const text = JSON.stringify(body)
      socket.write(`MSG ${to} ${inbox} ${Buffer.byteLength(text)}${CRLF}${text}${CRLF}`)
    }

    function request (subject: string, to: string, payload: string): void {
      const body = JSON.parse(payload || '{}') as Record<string, unknown>
      stream.requests.push({ subject, body })
      if (subject.startsWith('$JS.API.STREAM.CREATE.')) there = true
      if (there) reply(to, { config: { ...body, name: 'AUDIT' }, state: {} })
      else reply(to, { error: { code: 404, err_code: 10059, description: 'stream not found' } })
    }

    function publish (published: Published, to: string): void {
      stream.published.push(published)
      const said = answer(published, stream.published.length)
      if (said === 'silence') return
      if (said === 'close') { socket.destroy(); return }
      if (said === 'no-responders') { socket.write(`HMSG ${to} ${inbox} 16 16${CRLF}NATS/1.0 503${CRLF}${CRLF}${CRLF}`); return }
      if (typeof said === 'object') { reply(to, said); return }
      const isKnown = known.has(published.id)
      if (!isKnown) stream.stored.push(published)
      known.add(published.id)
      reply(to, { stream: published.expectedStream, seq: stream.stored.length, ...isKnown && { duplicate: true } })
    }

    /** One protocol message of `bytes`, from where the last one has ended; false when it has not all come. */
    function readOne (): boolean {
      const end = bytes.indexOf(CRLF, at)
      if (end < 0) return false
      const [verb = '', ...words] = bytes.toString('utf8', at, end).split(' ')
      const size = /^H?PUB$/.test(verb) ? Number(words.at(-1)) + 2 : 0
      wanted = end + 2 + size - bytes.length
      if (wanted > 0) return false
      const content = bytes.toString('utf8', end + 2, end + size)
      at = end + 2 + size
      if (verb === 'PING') socket.write(`PONG${CRLF}`)
      if (verb === 'CONNECT') stream.logins.push(JSON.parse(words.join(' ')) as Record<string, unknown>)
      if (verb === 'SUB') inbox = words.at(-1)!
      const [subject = '', to = ''] = words
      if (verb === 'PUB' && subject.startsWith('$JS.')) request(subject, to, content)
      if (verb === 'HPUB') {
        const header = content.slice(0, Number(words[2]))
        const of = (name: string): string => new RegExp(`^${name}: ?(.*)$`, 'mi').exec(header)?.[1]?.trim() ?? ''
        publish({ subject, id: of('Nats-Msg-Id'), expectedStream: of('Nats-Expected-Stream'), payload: content.slice(header.length) }, to)
      }
      return true
    }

    socket.on('data', chunk => {
      chunks.push(chunk)
      came += chunk.length
      if (came < wanted) return
      bytes = Buffer.concat([bytes.subarray(at), ...chunks.splice(0)])
      came = at = 0
      wanted = 1
      while (readOne());
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise<void>(resolve => { server.close(() => resolve()) })
  })
  stream.url = `nats://127.0.0.1:${(server.address() as AddressInfo).port}`
  return stream
}
