// Events about the audit log itself: what a reader has to know to trust the rest. Said by the
// trail, about itself and about what its appender tells.
import type { AuditEvent, AuditStatus, LogNotice } from '../contracts.js'
import { ONLY_CATEGORY, ONLY_TYPE } from './ecs-values.js'

/** What was lost. */
export interface LostEvents {
  readonly events: number
  /** When the first and the last of them were lost, in milliseconds since the epoch. */
  readonly first: number
  readonly last: number
  /** Why. */
  readonly reason: string
}

/**
 * Some events could not be recorded. Stands where they are missing.
 *
 * @example
 * auditEventsLostEvent({ events: 3, first, last, reason: 'ENOSPC: no space left on device' })
 * // message: '3 audit events have been lost'
 */
export function auditEventsLostEvent ({ events, first, last, reason }: LostEvents): AuditEvent {
  return {
    message: events === 1 ? '1 audit event has been lost' : `${events} audit events have been lost`,
    event: {
      action: 'audit_events_lost',
      category: ONLY_CATEGORY.process,
      type: ONLY_TYPE.info,
      outcome: 'failure',
      start: new Date(first).toISOString(),
      end: new Date(last).toISOString(),
      reason
    },
    labels: { lost_events: events }
  }
}

/**
 * Something has happened to a file of the log.
 *
 * @example
 * auditNoticeEvent({ what: 'file_changed', path: '/var/log/audit.log', change: 'deleted' })
 * // message: 'The audit log [/var/log/audit.log] has been deleted by somebody else'
 */
export function auditNoticeEvent (notice: LogNotice): AuditEvent {
  const { path } = notice
  switch (notice.what) {
    case 'line_torn': return {
      message: `Half an event of ${notice.bytes} bytes stands in the audit log [${path}]`,
      event: { action: 'audit_line_torn', category: ONLY_CATEGORY.file, type: ONLY_TYPE.change, outcome: 'failure', reason: 'a write was cut off by a crash or a fault' },
      file: { path },
      labels: { torn_bytes: notice.bytes }
    }
    case 'file_changed': return {
      message: `The audit log [${path}] has been ${notice.change} by somebody else`,
      event: { action: 'audit_file_changed', category: ONLY_CATEGORY.file, type: notice.change === 'deleted' ? ONLY_TYPE.deletion : ONLY_TYPE.change, outcome: 'success', reason: notice.change },
      file: { path }
    }
  }
}

/** How much of the settings stands in an event, in characters. */
export const MAX_SETTINGS = 8192

/**
 * The log is kept from here on. Its first line, after what was there before.
 *
 * @param settings without secrets; cut at `MAX_SETTINGS` characters of JSON, which then end in `…`
 * @example
 * auditStartedEvent({ enabled: true })
 * // message: 'The audit log has been started'
 */
export function auditStartedEvent (settings: unknown): AuditEvent {
  return {
    message: 'The audit log has been started',
    event: { action: 'audit_started', category: ONLY_CATEGORY.process, type: ONLY_TYPE.start, outcome: 'success' },
    labels: { audit_settings: settingsText(settings) }
  }
}

/** What there is to say at the end. */
export interface StoppedLog {
  /** When the log was started, in milliseconds since the epoch. */
  readonly since: number
  /** What has become of the events before this one. */
  readonly status: Pick<AuditStatus, 'accepted' | 'written' | 'ignored' | 'lost' | 'queued'>
  readonly settings: unknown
}

/**
 * The log is not kept any longer. Its last line, where the process leaves in order: a log that
 * starts anew without it was cut off.
 *
 * @example
 * auditStoppedEvent({ since, status, settings })
 * // message: 'The audit log has been stopped'
 */
export function auditStoppedEvent ({ since, status, settings }: StoppedLog): AuditEvent {
  const { accepted, written, ignored, lost, queued } = status
  return {
    message: 'The audit log has been stopped',
    event: { action: 'audit_stopped', category: ONLY_CATEGORY.process, type: ONLY_TYPE.end, outcome: 'success', start: new Date(since).toISOString() },
    labels: {
      accepted_events: accepted,
      written_events: written,
      ignored_events: ignored,
      lost_events: lost,
      queued_events: queued,
      audit_settings: settingsText(settings)
    }
  }
}

function settingsText (settings: unknown): string {
  const text = JSON.stringify(settings)
  return text.length > MAX_SETTINGS ? `${text.slice(0, MAX_SETTINGS - 1)}…` : text
}
