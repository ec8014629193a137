// Holds an appender that ships over a network to the contract of all appenders: what it has
// acknowledged is read at the other side, once it has come there.
import type { Appender } from '../../lib/contracts.js'
import type { AppenderUnderTest } from './appender-contract.js'
import { eventually } from './audited-app.js'

/** @param arrived the lines that are at the other side by now */
export function shippedTo (appender: Appender, arrived: () => readonly string[]): AppenderUnderTest {
  let acknowledged = 0
  let isClosed = false
  return {
    appender: {
      ...appender,
      async append (batch) {
        await appender.append(batch)
        acknowledged += batch.ends.length
      },
      appendNow (batches) {
        const lines = appender.appendNow!(batches)
        acknowledged += batches.reduce((sum, { ends }) => sum + ends.length, 0)
        return lines
      },
      async close () {
        await appender.close()
        isClosed = true
      }
    },
    async read () {
      await eventually(() => isClosed || arrived().length >= acknowledged)
      return arrived().map(line => line + '\n').join('')
    }
  }
}
