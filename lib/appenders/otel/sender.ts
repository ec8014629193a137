// The sender of `otel`: a batch is one request of OTLP, in the form that OpenTelemetry's own
// serializers give it. Called by otel.ts.
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { Sender, ShippedEvent, Verdict } from '../shipping/sender.js'
import type { Transport } from './http.js'

/** What is used of OpenTelemetry's serializers, `ProtobufLogsSerializer` and `JsonLogsSerializer`. */
export interface LogsSerializer {
  serializeRequest (records: ReadableLogRecord[]): Uint8Array | undefined
  deserializeResponse (response: Uint8Array): { readonly partialSuccess?: { readonly rejectedLogRecords?: number | string | object, readonly errorMessage?: string } }
}

/**
 * A collector that takes some of the records only says how many it has not taken, not which, and is
 * not to be asked again (OTLP specification, "Partial Success"). So all of them are rejected: they
 * are in the dead letters, and those that were taken are with the collector as well.
 *
 * @param warn is told what a collector had to say that took everything
 */
export function createOtelSender (transport: Transport, serializer: LogsSerializer, logRecordOf: (event: ShippedEvent) => ReadableLogRecord, warn: (message: string) => void): Sender {
  return {
    async send (events, signal) {
      const response = await transport.send(serializer.serializeRequest(events.map(logRecordOf))!, signal)
      const { rejectedLogRecords, errorMessage = '' } = partialSuccessOf(response)
      const rejected = Number(rejectedLogRecords ?? 0)
      if (rejected > 0) return events.map((): Verdict => ({ rejected: reasonOf(rejected, events.length, errorMessage) }))
      if (errorMessage !== '') warn(errorMessage)
      return events.map((): Verdict => 'delivered')
    },
    async close () { transport.close() }
  }

  function partialSuccessOf (response: Uint8Array): { readonly rejectedLogRecords?: number | string | object, readonly errorMessage?: string } {
    // Many answer nothing where the specification wants an empty message.
    if (response.byteLength === 0) return {}
    try {
      return serializer.deserializeResponse(response).partialSuccess ?? {}
    } catch {
      // It was a success all the same: that is what the status says.
      return {}
    }
  }
}

function reasonOf (rejected: number, sent: number, said: string): string {
  const which = rejected >= sent ? '' : `, and does not say which: what it has taken of these ${sent} it has, too`
  return `the collector has rejected ${rejected} of ${sent} log records${which}${said === '' ? '' : `: ${said.slice(0, 500)}`}`
}
