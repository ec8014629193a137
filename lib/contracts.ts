// The words that the parts of this project speak to each other in. Types only: nothing
// here runs. An event goes from a caller (`AuditEvent`) with what is known of its request
// (`ScopeFacts`) through the trail, becomes an `AuditRecord`, then a line of a `Batch`,
// which an `Appender` writes. A file of contracts/ for each idea.
export type * from './contracts/event.js'
export type * from './contracts/appender.js'
export type * from './contracts/on-failure.js'
export type * from './contracts/authentication.js'
export type * from './contracts/logger.js'
export type * from './contracts/repository.js'
export type * from './contracts/status.js'
