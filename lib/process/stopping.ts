// `on_failure: stop`: the application is closed and the process ends. Called by plugin.ts.
import type { FastifyInstance } from 'fastify'

/** With what the process ends: EX_IOERR of sysexits.h, "an error occurred while doing I/O on some file". */
export const STOP_EXIT_CODE = 74

/** How often connections are looked at that have nothing more to do. Milliseconds. */
const INTERVAL = 50

/**
 * Makes the function that ends everything because an event could not be recorded.
 *
 * @param patience how long the application may take to close, in milliseconds
 */
export function createStop (app: Pick<FastifyInstance, 'close' | 'log' | 'server'>, patience: number): (error: Error) => void {
  const end = (): never => process.exit(STOP_EXIT_CODE)
  return function stop (error) {
    app.log.fatal({ err: error }, `fastify-audit: an audit event could not be recorded, and on_failure says stop: the process ends with code ${STOP_EXIT_CODE}`)
    process.exitCode = STOP_EXIT_CODE
    setTimeout(end, patience)
    // Requests that are still being answered, the refused one among them, leave a connection that
    // is kept alive. Fastify closes idle ones only once, and would wait for the others.
    if ('closeIdleConnections' in app.server) setInterval(() => { app.server.closeIdleConnections() }, INTERVAL)
    app.close().then(end, end)
  }
}
