// The one table of this project's errors. A code never changes its meaning; docs/errors.md
// has a section for each, which a test holds against this table.
import createError from '@fastify/error'

/** The settings file cannot be read. `%s`: the path, and why. */
export const AUDIT_ERR_CONFIG_READ = createError('AUDIT_ERR_CONFIG_READ', '%s', 500)
/** The settings file is not YAML. `%s`: a line for each fault, with file, line and column. */
export const AUDIT_ERR_CONFIG_SYNTAX = createError('AUDIT_ERR_CONFIG_SYNTAX', '%s', 500)
/** Settings are unknown or ill-typed. `%s`: a line for each: where, the full key, what was expected, what came. */
export const AUDIT_ERR_CONFIG = createError('AUDIT_ERR_CONFIG', '%s', 500)
/** An option given in code (to `register` or `repository`) is not usable. `%s`: which, what was expected, what came. */
export const AUDIT_ERR_OPTION = createError('AUDIT_ERR_OPTION', '%s', 500)
/** An appender cannot be opened at start: an unwritable folder, a directory in the file's place. */
export const AUDIT_ERR_APPENDER_OPEN = createError('AUDIT_ERR_APPENDER_OPEN', '%s', 500)
/** An appender could not write events. `cause` is the operating system's error. */
export const AUDIT_ERR_WRITE = createError('AUDIT_ERR_WRITE', '%s', 503)
/** The file of an appender is being written by somebody else: another process, or another application of this one. */
export const AUDIT_ERR_FILE_IN_USE = createError('AUDIT_ERR_FILE_IN_USE', '%s', 500)
/** An appender has not answered for as long as `queue.timeout`. The event still waits, and may yet be written. */
export const AUDIT_ERR_TIMEOUT = createError('AUDIT_ERR_TIMEOUT', '%s', 503)
/** An event was lost, because as many bytes waited to be written as `queue.max_bytes` allows. */
export const AUDIT_ERR_QUEUE_FULL = createError('AUDIT_ERR_QUEUE_FULL', '%s', 503)
/** An event cannot be taken, because as many bytes wait to be sent as `spool.max_bytes` allows. It stays in the queue. */
export const AUDIT_ERR_SPOOL_FULL = createError('AUDIT_ERR_SPOOL_FULL', '%s', 503)
/** The other side of an appender that ships has refused a request, has not answered in time, or has not answered as it should. Shown in `status()`; the events wait in the spool. */
export const AUDIT_ERR_SEND = createError('AUDIT_ERR_SEND', '%s', 502)
/** A package that an appender needs is not installed. `%s`: which, and how to install it. */
export const AUDIT_ERR_PACKAGE = createError('AUDIT_ERR_PACKAGE', '%s', 500)
/** An operation was refused before it ran, because its event could not be recorded and `on_failure` says `block` or `stop`. `cause` says why it could not. */
export const AUDIT_ERR_BLOCKED = createError('AUDIT_ERR_BLOCKED', '%s', 503)
/** An operation was refused before it ran, because it touches objects of a type that is protected (`saved_objects.protected`) and its user has none of the roles. */
export const AUDIT_ERR_PROTECTED = createError('AUDIT_ERR_PROTECTED', '%s', 403)
/** An event was said after the application was closed. */
export const AUDIT_ERR_CLOSED = createError('AUDIT_ERR_CLOSED', 'The audit log is closed: the application has been shut down', 503)
/** Not thrown: the `error.code` of an event whose user, session or space could not be found out. */
export const AUDIT_ERR_SCOPE = createError('AUDIT_ERR_SCOPE', '%s', 500)
/** Not thrown: the `error.code` of a request whose client closed the connection before a response was sent. */
export const AUDIT_ERR_ABORTED = createError('AUDIT_ERR_ABORTED', '%s', 499)
/** A request was refused before any handler ran, because it has headers that only trusted proxies may set (`security.internal_headers`). */
export const AUDIT_ERR_BAD_HEADERS = createError('AUDIT_ERR_BAD_HEADERS', 'The request has headers that it may not set', 400)
/** What was given to `app.audit.resumeTask()` is no handle of a task. `%s`: where, and what was expected; never what came. */
export const AUDIT_ERR_TASK = createError('AUDIT_ERR_TASK', 'The handle of a task: %s', 400)
