// A logger whose logins are acknowledged when the test says so.
import type { AuditLogger } from '../../lib/contracts.js'

export interface SlowAudit {
  readonly logger: Pick<AuditLogger, 'userLogin'>
  /** The outcomes that were said, and what tests note. */
  readonly story: string[]
  /** Acknowledges the last login, or refuses it. */
  acknowledge (error?: Error): void
}

export function createSlowAudit (): SlowAudit {
  const story: string[] = []
  let settle: (error?: Error) => void = () => {}
  const userLogin: AuditLogger['userLogin'] = ({ outcome }) => {
    story.push(String(outcome))
    return new Promise((resolve, reject) => { settle = error => error === undefined ? resolve() : reject(error) })
  }
  return { logger: { userLogin }, story, acknowledge: error => settle(error) }
}
