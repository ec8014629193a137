// Brings batches to the store: what the forwarder calls. Made by elasticsearch.ts.
import type { Sender } from '../shipping/sender.js'
import { BULK_QUERY, bulkLines, readBulkAnswer } from './bulk.js'
import type { StoreAnswer, StoreConnection } from './connection.js'
import { failureOf, noAnswer } from './failure.js'
import { installTemplate } from './setup.js'
import type { Target } from './target.js'

/** How to send. */
export interface SendConfig {
  readonly target: Target
  /** Whether the index template is installed before the first batch. */
  readonly installsTemplate: boolean
  readonly retention?: string
}

const DOING = 'sending events to elasticsearch'

/** @param connection is closed with the sender */
export function createElasticsearchSender (connection: StoreConnection, { target, installsTemplate, retention }: SendConfig): Sender {
  const path = target.isStream ? `/${target.name}/_bulk` : '/_bulk'
  let isReady = !installsTemplate
  return {
    async send (events, signal) {
      // Not before: what comes without the template would make an index of another kind.
      if (!isReady) await installTemplate(connection, { target, retention }, signal)
      isReady = true
      let answer: StoreAnswer
      try {
        answer = await connection.request({ method: 'POST', path, querystring: BULK_QUERY, lines: bulkLines(events, target) }, signal)
      } catch (error) {
        throw noAnswer(DOING, error)
      }
      if (answer.status >= 300) throw Object.assign(failureOf(DOING, answer), answer.status === 413 && { isTooMuch: true })
      const result = readBulkAnswer(answer.body, events.length)
      if (result === null) throw noAnswer(DOING, new Error('what came is not the answer to a bulk of so many events'))
      const { verdicts, why } = result
      if (why === undefined) return verdicts
      // So that operators are told why some have to be sent again.
      throw Object.assign(failureOf(DOING, { status: why.status, body: { error: why.reason }, headers: answer.headers }), { verdicts })
    },
    async close () { await connection.close() }
  }
}
