// The load generator: connections that are kept open, each with one request under way. It
// does as little per request as it can, and insists on a 200 for every one.
import { once } from 'node:events'
import { connect } from 'node:net'

/** Opens `count` connections. `run(milliseconds)` loads the server and resolves to `{ requests, seconds, latencies }`. */
export async function openLoad (port, count, requestTexts) {
  const requests = requestTexts.map((text) => Buffer.from(text))
  const sockets = await Promise.all(Array.from({ length: count }, async () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return socket
  }))
  let turn = 0
  let answerLength = 0

  function drive (socket, deadline, latencies) {
    return new Promise((resolve, reject) => {
      let received = 0
      let sentAt = 0
      const send = () => {
        sentAt = performance.now()
        socket.write(requests[turn++ % requests.length])
      }
      const finish = (error) => {
        socket.off('data', take).off('error', finish).off('close', closed)
        if (error) reject(error)
        else resolve()
      }
      const closed = () => finish(new Error('the server closed a connection'))
      const take = (chunk) => {
        if (received === 0 && chunk.toString('latin1', 9, 12) !== '200') return finish(new Error(`unexpected answer: ${chunk.toString('latin1')}`))
        if (answerLength === 0) answerLength = lengthOf(chunk)
        received += chunk.length
        if (received < answerLength) return
        if (received > answerLength) return finish(new Error('an answer of unexpected length'))
        received = 0
        const now = performance.now()
        latencies.push(now - sentAt)
        if (now < deadline) send()
        else finish()
      }
      socket.on('data', take).on('error', finish).on('close', closed)
      send()
    })
  }

  return {
    async run (milliseconds) {
      const latencies = []
      const startedAt = performance.now()
      await Promise.all(sockets.map((socket) => drive(socket, startedAt + milliseconds, latencies)))
      return { requests: latencies.length, seconds: (performance.now() - startedAt) / 1000, latencies }
    },
    close () {
      for (const socket of sockets) socket.destroy()
    }
  }
}

/** How long the whole answer is whose beginning is `chunk`. All answers are of one length. */
function lengthOf (chunk) {
  const text = chunk.toString('latin1')
  const headEnd = text.indexOf('\r\n\r\n') + 4
  return headEnd + Number(/content-length: (\d+)/i.exec(text)[1])
}
