// Every event that this project can say of itself, once: the samples of docs/events.md, made
// by the factories. Called by the test of the docs and by tests that need one of each.
import type { AuditEvent, EventOutcome, ObjectReference } from '../../lib/contracts.js'
import { auditEventsLostEvent, auditNoticeEvent, auditStartedEvent, auditStoppedEvent } from '../../lib/events/audit-log.js'
import { accessAgreementAcknowledgedEvent, sessionCleanupEvent, userLoginEvent, userLogoutEvent } from '../../lib/events/authentication.js'
import { httpRequestEvent } from '../../lib/events/http-request.js'
import { type ProtectedAttempt, protectedObjectAttemptEvent } from '../../lib/events/protected-object.js'
import { SAVED_OBJECT_ACTIONS, savedObjectEvent, type SavedObjectAction } from '../../lib/events/saved-object.js'
import { badRequestEvent, internalHeadersEvent, missingPrivilegesEvent, tlsErrorEvent } from '../../lib/events/security.js'
import { SPACE_ACTIONS, spaceEvent, type SpaceAction } from '../../lib/events/space.js'
import { taskEvent } from '../../lib/events/task.js'

/** A row of the table in docs/events.md: the messages with placeholders, and one sample. */
export interface EventSample {
  readonly action: string
  readonly messages: readonly string[]
  readonly sample: AuditEvent
}

const OUTCOMES = ['unknown', 'success', 'failure'] as const satisfies readonly EventOutcome[]
const provider = { type: 'basic', name: 'basic1' }
const namedProvider = { type: '<type>', name: '<provider>' }
const dashboard = { type: 'dashboard', id: '7adfa750', name: 'Sales' }
const withoutObject: readonly SavedObjectAction[] = ['saved_object_open_point_in_time', 'saved_object_close_point_in_time']

const savedObjectSamples = (Object.keys(SAVED_OBJECT_ACTIONS) as SavedObjectAction[]).map((action): EventSample => {
  const hasObject = !withoutObject.includes(action)
  const spaces = action === 'saved_object_update_objects_spaces' ? { addToSpaces: ['marketing'], deleteFromSpaces: ['default'] } : {}
  return {
    action,
    messages: OUTCOMES.map(outcome => savedObjectEvent({ action, outcome, ...hasObject && { object: { type: '<type>', id: '<id>' } } }).message),
    sample: savedObjectEvent({ action, ...hasObject && { object: dashboard }, ...spaces })
  }
})

const spaceSamples = (Object.keys(SPACE_ACTIONS) as SpaceAction[]).map((action): EventSample => ({
  action,
  messages: [
    ...OUTCOMES.map(outcome => spaceEvent({ action, outcome, space: { id: '<id>' } }).message),
    ...action === 'space_find' ? [spaceEvent({ action, outcome: 'failure' }).message] : []
  ],
  sample: action === 'space_find'
    ? spaceEvent({ action, error: { code: 'Forbidden', message: 'Not permitted to find spaces' } })
    : spaceEvent({ action, space: { id: 'marketing', name: 'Marketing' } })
}))

const attempt = (outcome: ProtectedAttempt['outcome'], object?: ObjectReference): AuditEvent =>
  protectedObjectAttemptEvent({ operation: SAVED_OBJECT_ACTIONS.saved_object_get, outcome, object })

const user = { name: '<name>' }

/** Every event, in the order of the documentation. */
export const EVENT_SAMPLES: readonly EventSample[] = [
  {
    action: 'http_request',
    messages: [
      httpRequestEvent({ method: 'GET', url: { path: '/path' } }).message,
      ...(['success', 'failure'] as const).map(outcome => httpRequestEvent({ method: 'GET', url: { path: '/path' }, outcome, isOver: true }).message)
    ],
    sample: httpRequestEvent({
      method: 'PUT',
      url: { domain: 'kibana.example', path: '/api/objects/dashboard/7adfa750', port: 5601, query: 'overwrite=true', scheme: 'https' }
    })
  },
  ...savedObjectSamples,
  ...spaceSamples,
  {
    action: 'task_create',
    messages: [taskEvent({ action: 'task_create', task: { type: '<type>', id: '<id>' } }).message],
    sample: taskEvent({ action: 'task_create', task: { type: 'report', id: '7adfa750', name: 'Sales' } })
  },
  {
    action: 'task_run',
    messages: (['success', 'failure'] as const).map(outcome => taskEvent({ action: 'task_run', outcome, task: { type: '<type>', id: '<id>' } }).message),
    sample: taskEvent({ action: 'task_run', task: { type: 'report', id: '7adfa750', name: 'Sales' }, error: new Error('The printer is on fire') })
  },
  {
    action: 'protected_object_attempt',
    messages: [
      ...(['refused', 'going on', 'done'] as const).map(outcome => attempt(outcome, { type: '<type>', id: '<id>' }).message),
      attempt('refused', { type: '<type>' }).message,
      attempt('refused').message
    ],
    sample: attempt('refused', { type: 'api-key', id: '7adfa750' })
  },
  {
    action: 'user_login',
    messages: [userLoginEvent({ user, provider: namedProvider }).message, userLoginEvent({ provider: namedProvider }).message],
    sample: userLoginEvent({ provider, user: { id: 'u_42', name: 'jane', roles: ['editor'] }, sessionId: 's_9', realm: 'native1', lookupRealm: 'native1' })
  },
  {
    action: 'user_logout',
    messages: [
      userLogoutEvent({ user, provider: namedProvider }).message,
      userLogoutEvent({ user, provider: namedProvider, reason: 'concurrent-limit' }).message
    ],
    sample: userLogoutEvent({ provider, user: { id: 'u_42', name: 'jane' } })
  },
  {
    action: 'session_cleanup',
    messages: [
      sessionCleanupEvent({ provider, sessionId: '', userHash: '<hash>' }).message,
      sessionCleanupEvent({ provider, sessionId: '', userHash: '<hash>', reason: 'concurrent-limit' }).message
    ],
    sample: sessionCleanupEvent({ provider, sessionId: 's_9', userHash: '5e8848' })
  },
  {
    action: 'access_agreement_acknowledged',
    messages: [accessAgreementAcknowledgedEvent({ user, provider: namedProvider }).message],
    sample: accessAgreementAcknowledgedEvent({ provider, user: { name: 'jane' } })
  },
  {
    action: 'missing_privileges',
    messages: [missingPrivilegesEvent({ method: 'GET', url: { path: '/path' } }).message],
    sample: missingPrivilegesEvent({ method: 'DELETE', url: { domain: 'kibana.example', path: '/api/users/7', port: 5601 }, route: '/api/users/:id' })
  },
  {
    action: 'bad_headers',
    messages: [
      ...[true, false].map(isRefused => internalHeadersEvent({ method: 'GET', url: { path: '/' }, names: ['<names>'], isRefused }).message),
      badRequestEvent({ client: {}, error: { code: '', message: '' } }).message
    ],
    sample: internalHeadersEvent({ method: 'GET', url: { domain: 'kibana.example', path: '/api/status', port: 5601 }, names: ['x-internal-user'], isRefused: true })
  },
  {
    action: 'tls_error',
    messages: [false, true].map(isOpen => tlsErrorEvent({ client: {}, error: { code: '', message: '' }, isOpen }).message),
    sample: tlsErrorEvent({ client: { ip: '192.0.2.7', port: 51234 }, error: { code: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', message: 'peer did not return a certificate' } })
  },
  {
    action: 'audit_events_lost',
    messages: ['1 audit event has been lost', '<n> audit events have been lost'],
    sample: auditEventsLostEvent({
      events: 3,
      first: Date.UTC(2026, 0, 31, 12, 0, 0),
      last: Date.UTC(2026, 0, 31, 12, 0, 5),
      reason: 'AUDIT_ERR_QUEUE_FULL: 67108600 bytes wait to be written; ENOSPC: no space left on device, write'
    })
  },
  {
    action: 'audit_line_torn',
    messages: ['Half an event of <n> bytes stands in the audit log [<path>]'],
    sample: auditNoticeEvent({ what: 'line_torn', path: '/var/log/app/audit.log', bytes: 112 })
  },
  {
    action: 'audit_file_changed',
    messages: ['The audit log [<path>] has been <change> by somebody else'],
    sample: auditNoticeEvent({ what: 'file_changed', path: '/var/log/app/audit.log', change: 'renamed' })
  },
  {
    action: 'audit_started',
    messages: ['The audit log has been started'],
    sample: auditStartedEvent({ enabled: true, durability: 'write' })
  },
  {
    action: 'audit_stopped',
    messages: ['The audit log has been stopped'],
    sample: auditStoppedEvent({
      since: Date.UTC(2026, 0, 31, 12, 0, 0), status: { accepted: 12, written: 10, ignored: 1, lost: 0, queued: 1 }, settings: { enabled: true, durability: 'write' }
    })
  }
]
