// `fastify-audit check-config audit.yml`: reads the settings as the plugin does at start, without
// opening anything. Called by run.ts.
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { policiesOf } from '../config/named-appenders.js'
import { readSettings } from '../config/read.js'
import { auditSchema, settingChecks } from '../config/schema.js'
import { settingWarnings } from '../config/warnings.js'
import { readHashKey } from '../trail/fields/key.js'
import { createOnFailure } from '../trail/on-failure.js'
import { oneArgument } from './arguments.js'
import type { ExitCode, Terminal } from './terminal.js'
import { warningsTo } from './warnings.js'

/**
 * Prints what is in force, as yml; warnings go to standard error.
 *
 * @throws {AUDIT_ERR_CONFIG} and the other faults of settings, as at start
 */
export function checkConfig (args: readonly string[], { stdout, stderr }: Terminal): ExitCode {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
  const file = oneArgument(positionals, 'file')
  const log = warningsTo({ stderr })
  const { settings, shown, deprecations, locate } = readSettings(file, auditSchema, { checks: settingChecks })
  for (const deprecation of deprecations) log.warn({}, deprecation)
  if (settings.enabled) {
    for (const warning of settingWarnings(settings, createOnFailure(policiesOf(settings), 0).holds)) log.warn({}, warning)
    readHashKey(settings.fields, { directory: process.cwd(), locate, log })
  } else {
    log.warn({}, 'auditing is disabled: xpack.security.audit.enabled is not true')
  }
  stdout.write(`# ${JSON.stringify(file)} is ok. In force, without secrets:\n${stringify({ 'xpack.security.audit': shown }, { lineWidth: 0 })}`)
  return 0
}
