// A collector that takes logs by OTLP, over HTTP and over gRPC, and reads them with the messages that
// OpenTelemetry generates from its own protocol.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Server, ServerCredentials, status } from '@grpc/grpc-js'
import root from '@opentelemetry/otlp-transformer/build/src/generated/root.js'
import type { Test } from 'tap'

/** Something that stands for itself: a text, a number, a list, an object. */
type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain }

export interface CollectedRecord {
  readonly time: string
  readonly observed: string
  readonly severity: number
  readonly severityText: string
  readonly body: Plain
  readonly attributes: Readonly<Record<string, Plain>>
  readonly traceId: string
  readonly spanId: string
  readonly resource: Readonly<Record<string, Plain>>
  readonly scope: string
}

/** What a request is answered with: a status of HTTP or of gRPC, headers, what `ExportLogsServiceResponse` holds. */
export interface CollectorAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly partialSuccess?: { readonly rejectedLogRecords?: number, readonly errorMessage?: string }
  readonly silence?: boolean
}

export interface OtlpCollector {
  readonly url: string
  readonly records: CollectedRecord[]
  readonly requests: { readonly path: string, readonly contentType: string, readonly headers: IncomingHttpHeaders, readonly records: number }[]
}

export interface CollectorOptions {
  /** @default takes everything */
  readonly answer?: (records: readonly CollectedRecord[]) => CollectorAnswer
  readonly tls?: { readonly key: string, readonly certificate: string, readonly ca: string }
}

interface AnyValue { readonly [kind: string]: unknown }
interface KeyValue { readonly key: string, readonly value?: AnyValue }
interface RawRecord { readonly [field: string]: unknown, readonly body?: AnyValue, readonly attributes?: readonly KeyValue[] }
interface RawRequest { readonly resourceLogs?: readonly { readonly resource?: { readonly attributes?: readonly KeyValue[] }, readonly scopeLogs?: readonly { readonly scope?: { readonly name?: string }, readonly logRecords?: readonly RawRecord[] }[] }[] }

/** A message of protobuf, as protobufjs generates it. */
interface Message {
  decode (bytes: Uint8Array): object
  encode (message: object): { finish (): Uint8Array }
  fromObject (plain: object): object
  toObject (message: object, options: object): object
}

const { ExportLogsServiceRequest, ExportLogsServiceResponse } = (root as unknown as { readonly opentelemetry: { readonly proto: { readonly collector: { readonly logs: { readonly v1: Readonly<Record<'ExportLogsServiceRequest' | 'ExportLogsServiceResponse', Message>> } } } } }).opentelemetry.proto.collector.logs.v1

function plainOf (value: AnyValue | undefined): Plain {
  const [kind, content] = Object.entries(value ?? {})[0] ?? []
  switch (kind) {
    case 'arrayValue': return ((content as { values?: AnyValue[] }).values ?? []).map(plainOf)
    case 'kvlistValue': return objectOf((content as { values?: KeyValue[] }).values)
    case 'intValue': return Number(content)
    case undefined: return null
    default: return content as Plain
  }
}

const objectOf = (pairs: readonly KeyValue[] = []): Record<string, Plain> => Object.fromEntries(pairs.map(({ key, value }) => [key, plainOf(value)]))
/** Ids are hexadecimal in JSON, bytes else. */
const hexOf = (id: unknown): string => typeof id === 'string' ? id : Buffer.from((id ?? []) as Uint8Array).toString('hex')

function recordsOf ({ resourceLogs = [] }: RawRequest): CollectedRecord[] {
  return resourceLogs.flatMap(({ resource, scopeLogs = [] }) => scopeLogs.flatMap(({ scope, logRecords = [] }) => logRecords.map((record): CollectedRecord => ({
    time: String(record.timeUnixNano),
    observed: String(record.observedTimeUnixNano),
    severity: Number(record.severityNumber ?? 0),
    severityText: String(record.severityText ?? ''),
    body: plainOf(record.body),
    attributes: objectOf(record.attributes),
    traceId: hexOf(record.traceId),
    spanId: hexOf(record.spanId),
    resource: objectOf(resource?.attributes),
    scope: scope?.name ?? ''
  }))))
}

const fromProtobuf = (bytes: Uint8Array): RawRequest => ExportLogsServiceRequest.toObject(ExportLogsServiceRequest.decode(bytes), { longs: String, oneofs: false }) as RawRequest
const toProtobuf = (response: object): Buffer => Buffer.from(ExportLogsServiceResponse.encode(ExportLogsServiceResponse.fromObject(response)).finish())

/** Over HTTP. Runs until the end of the test. */
export async function startOtlpCollector (t: Test, { answer = () => ({}), tls }: CollectorOptions = {}): Promise<OtlpCollector> {
  const [records, requests]: [CollectedRecord[], OtlpCollector['requests']] = [[], []]
  const server = tls === undefined ? createServer() : createTlsServer({ key: readFileSync(tls.key), cert: readFileSync(tls.certificate), ca: readFileSync(tls.ca), requestCert: true })
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const contentType = request.headers['content-type'] ?? ''
    const isJson = contentType === 'application/json'
    const found = recordsOf(isJson ? JSON.parse(Buffer.concat(chunks).toString()) as RawRequest : fromProtobuf(Buffer.concat(chunks)))
    requests.push({ path: request.url ?? '', contentType, headers: request.headers, records: found.length })
    const { status: code = 200, headers = {}, partialSuccess, silence = false } = answer(found)
    if (silence) return
    if (code <= 299) records.push(...found)
    const said = partialSuccess === undefined ? {} : { partialSuccess }
    response.writeHead(code, { 'content-type': contentType, ...headers }).end(isJson ? JSON.stringify(said) : toProtobuf(said))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => new Promise<void>(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  }))
  return { url: `${tls === undefined ? 'http' : 'https'}://localhost:${(server.address() as AddressInfo).port}/v1/logs`, records, requests }
}

/** Over gRPC. Runs until the end of the test. */
export async function startGrpcCollector (t: Test, { answer = () => ({}), tls }: CollectorOptions = {}): Promise<OtlpCollector> {
  const [records, requests]: [CollectedRecord[], OtlpCollector['requests']] = [[], []]
  const server = new Server()
  const path = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
  server.addService({ Export: { path, requestStream: false, responseStream: false, requestSerialize: Buffer.from, requestDeserialize: fromProtobuf, responseSerialize: toProtobuf, responseDeserialize: (bytes: Buffer) => bytes } }, {
    Export (call: { readonly request: RawRequest, readonly metadata: { getMap (): Record<string, string | Buffer> } }, callback: (error: object | null, response?: object) => void) {
      const found = recordsOf(call.request)
      requests.push({ path, contentType: 'application/grpc', headers: call.metadata.getMap() as IncomingHttpHeaders, records: found.length })
      const { status: code = status.OK, partialSuccess, silence = false } = answer(found)
      if (silence) return
      if (code !== status.OK) { callback({ code, details: 'as the test wants' }); return }
      records.push(...found)
      callback(null, partialSuccess === undefined ? {} : { partialSuccess })
    }
  })
  const credentials = tls === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(readFileSync(tls.ca), [{ private_key: readFileSync(tls.key), cert_chain: readFileSync(tls.certificate) }], true)
  const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', credentials, (error, bound) => error === null ? resolve(bound) : reject(error)))
  t.teardown(() => { server.forceShutdown() })
  return { url: `${tls === undefined ? 'http' : 'https'}://localhost:${port}`, records, requests }
}
