// What the audit log holds about the session that asks, and nothing else: the page shows it
// while one tries things out. A real application would not hand out its audit log; it would be
// read where it is collected. Registered by app.js.
import { open } from 'node:fs/promises'
import { requireUser } from './context.js'

/** How much of the end of the file is looked through. */
const TAIL_BYTES = 256 * 1024
const MAX_EVENTS = 100

export async function trailRoutes (app, { auditFile }) {
  // Polled by the page: no audit event, or the trail would be mostly about itself.
  app.get('/api/my_trail', { onRequest: requireUser, config: { audit: false } }, async (request) => {
    const lines = auditFile === undefined ? [] : await tail(auditFile)
    return lines.map(parsed).filter((event) => event?.kibana?.session_id === request.session.id).slice(-MAX_EVENTS)
  })
}

/**
 * The last lines of a file; the first of them may be a part of one. None when there is no file,
 * as on a disk that was full from the start.
 *
 * @param {string} file
 */
async function tail (file) {
  const handle = await open(file).catch((error) => {
    if (error.code !== 'ENOENT') throw error
    return null
  })
  if (handle === null) return []
  try {
    const { size } = await handle.stat()
    const start = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(size - start), position: start })
    return buffer.toString('utf8', 0, bytesRead).split('\n')
  } finally {
    await handle.close()
  }
}

/** Undefined for a line that is cut. @param {string} line */
function parsed (line) {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
