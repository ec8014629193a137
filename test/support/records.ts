// A record as `enrich` makes it: every field has its place, also one that is absent.
import type { AuditRecord } from '../../lib/contracts.js'

export function recordWith (more: object = {}): AuditRecord {
  return {
    '@timestamp': '2026-01-01T00:00:00.000Z',
    message: 'm',
    event: { id: '019e0a1c-2d00-7000-8000-0123456789ab', action: 'a' },
    kibana: undefined,
    http: undefined,
    url: undefined,
    error: undefined,
    labels: undefined,
    user: { id: '1', name: 'ann' },
    client: { ip: '::1' },
    trace: { id: 't' },
    ecs: { version: '9.4.0' },
    log: { level: 'INFO', logger: 'l' },
    process: { pid: 1 },
    ...more
  }
}
