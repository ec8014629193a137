// The public face: every public name, listed by hand, and nothing else.
export { default, default as fastifyAudit } from './plugin.js'
export type { AuditInstance } from './instance.js'
export type { AuditOptions } from './plugin.js'
export type { AuditConfig } from './config/schema.js'
export type { Answer } from './http/identity.js'
export type {
  Appender, AppenderFactory, AppenderStatus, AuditEvent, AuditLogger, AuditRecord, AuditStatus, AuditUser, AuthorizeCall, Batch, Durability, EventCategory, EventOutcome, EventType,
  FailureClass, FailurePolicy, Handover, KibanaFields, LogNotice, ObjectReference, Operation, OperationalLog, Operations, RefusedItem, RepositoryOptions, SavedObjectReference, ScopedAuditLogger, Surroundings, TraceHeaders, WriteFailure
} from './contracts.js'
export type { StateChange } from './trail/accounts.js'
export { accessAgreementAcknowledgedEvent, sessionCleanupEvent, userLoginEvent, userLogoutEvent } from './events/authentication.js'
export { httpRequestEvent } from './events/http-request.js'
export { savedObjectEvent } from './events/saved-object.js'
export { spaceEvent } from './events/space.js'
export { hashValue } from './trail/fields/hash.js'
export { crudOperations } from './repository/crud.js'
export type { CrudOperation, CrudOptions, PropertyOf } from './repository/crud.js'
export { savedObjectsOperations } from './repository/saved-objects.js'
export type { SavedObjectsOperationsOptions } from './repository/saved-objects.js'
