// A real OpenTelemetry Collector, where one is: the binary that OTELCOL names, or `otelcol`.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { eventually } from './audited-app.js'
import { isOpen } from './rsyslog.js'

const BINARY = process.env.OTELCOL ?? 'otelcol'

/** Why tests with a collector cannot run here, or false. */
export const withoutCollector: string | false = reason()

function reason (): string | false {
  const { error, stdout } = spawnSync(BINARY, ['components'], { encoding: 'utf8' })
  if (error !== undefined) return 'there is no OpenTelemetry Collector on this machine: neither otelcol nor what OTELCOL names'
  return /^ *- name: file$/m.test(stdout) ? false : `the OpenTelemetry Collector ${BINARY} has no file exporter`
}

/** A log record as the collector's file exporter writes it: JSON of OTLP. */
export interface CollectedLog {
  readonly timeUnixNano: string
  readonly observedTimeUnixNano: string
  readonly severityNumber?: number
  readonly severityText?: string
  readonly body: { readonly stringValue: string }
  readonly attributes: readonly { readonly key: string, readonly value: Readonly<Record<string, unknown>> }[]
  readonly traceId: string
  /** Where it comes from. */
  readonly resource: readonly { readonly key: string, readonly value: Readonly<Record<string, unknown>> }[]
}

export interface OtelCollector {
  /** What it has written by now, in its order. */
  logs (): CollectedLog[]
  /** What it calls itself. */
  readonly version: string
  /** Ends it as a service manager does. */
  stop (): Promise<void>
  /** Starts it again, on the same ports. */
  start (): Promise<void>
}

/** The value of an attribute, a text or a number. */
export function attribute ({ attributes }: Pick<CollectedLog, 'attributes'>, name: string): unknown {
  return Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0]
}

/**
 * Takes logs and writes them to a file. Ends with the test.
 *
 * @param receivers of its configuration, by name
 * @param ports what they listen on
 */
export async function startCollector (t: Test, folder: string, receivers: Readonly<Record<string, object>>, ports: readonly number[]): Promise<OtelCollector> {
  const [file, output, configuration] = [join(folder, 'logs.ndjson'), join(folder, 'output'), join(folder, 'collector.json')]
  let child: ChildProcess | null = null
  writeFileSync(configuration, JSON.stringify({
    receivers,
    exporters: { file: { path: file, append: true, flush_interval: '100ms' } },
    service: { telemetry: { metrics: { level: 'none' } }, pipelines: { logs: { receivers: Object.keys(receivers), exporters: ['file'] } } }
  }))

  async function start (): Promise<void> {
    const log = openSync(output, 'a')
    child = spawn(BINARY, ['--config', configuration], { stdio: ['ignore', log, log] })
    for (const port of ports) if (!await eventually(() => isOpen(port))) throw new Error(`the collector does not listen: ${readFileSync(output, 'utf8').slice(-1000)}`)
  }

  async function stop (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  t.teardown(() => stop('SIGKILL'))
  await start()
  return {
    version: spawnSync(BINARY, ['--version'], { encoding: 'utf8' }).stdout.trim(),
    start,
    stop,
    logs: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []).flatMap(line => logsOf(JSON.parse(line) as Written))
  }
}

interface Written { readonly resourceLogs: readonly { readonly resource: { readonly attributes: CollectedLog['resource'] }, readonly scopeLogs: readonly { readonly logRecords: readonly CollectedLog[] }[] }[] }

function logsOf ({ resourceLogs }: Written): CollectedLog[] {
  return resourceLogs.flatMap(({ resource, scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords.map(record => ({ ...record, resource: resource.attributes }))))
}
