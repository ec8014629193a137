// What became of a request, in the words of an event: by its status, or by the lack of one.
// Called by requests.ts.
import type { HttpRequestFacts } from '../events/http-request.js'
import type { Ending } from './watch-servers.js'

type Outcome = Pick<HttpRequestFacts, 'outcome' | 'statusCode' | 'error' | 'isOver'>

/** The error of a request whose client did not wait for all of the response. */
export const ABORTED = {
  code: 'AUDIT_ERR_ABORTED',
  message: 'The client closed the connection before a response was sent'
} as const

/** For the one event of a request that was not recorded on its way in: nothing is known of what it asked for. */
export function outcomeOf ({ statusCode }: Ending): Outcome {
  if (statusCode === undefined) return { outcome: 'failure', error: ABORTED }
  return { outcome: statusCode >= 400 ? 'failure' : 'unknown', statusCode }
}

/** For the event at the end of a request. */
export function outcomeAtEnd ({ statusCode, isCut }: Ending): Outcome {
  if (statusCode === undefined || isCut === true) return { outcome: 'failure', error: ABORTED, statusCode, isOver: true }
  return { outcome: statusCode >= 400 ? 'failure' : 'success', statusCode, isOver: true }
}
