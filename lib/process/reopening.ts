// SIGHUP, for who moves log files away by himself (logrotate) and says so by this signal. Called
// by plugin.ts where the settings ask for it: whoever asks takes the signal over, which would
// otherwise end the process.
import type { OperationalLog } from '../contracts.js'

/**
 * Calls `reopen` at each SIGHUP.
 *
 * @returns takes the listener away again
 */
export function reopenOnHangup (reopen: () => Promise<void>, log: OperationalLog): () => void {
  function onHangup (): void {
    reopen().catch((error: unknown) => log.error({ err: error }, 'fastify-audit: the audit log could not be reopened'))
  }
  process.on('SIGHUP', onHangup)
  return () => { process.off('SIGHUP', onHangup) }
}
