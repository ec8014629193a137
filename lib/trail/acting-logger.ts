// What the repository wrapper asks of a logger, beside what applications are handed. Types only;
// `Logger` (logger.ts) is one, and plugin.ts hands the wrapper to it.
import type { AuditLogger, AuditUser, RepositoryOptions } from '../contracts.js'

/** A logger that can be asked in whose name it says events. That of an application whose auditing is disabled cannot. */
export interface ActingLogger extends AuditLogger {
  /** Who acts, when that is known; not part of what applications are handed. */
  actingUser? (): AuditUser | undefined | Promise<AuditUser | undefined>
}

/** Wraps a repository so that its events go to a logger; given by plugin.ts. */
export type WrapRepository = <T extends object>(repository: T, options: RepositoryOptions | undefined, logger: () => ActingLogger) => T
