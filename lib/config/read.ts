// From what the operator wrote to settings that the parts can rely on: read, find the
// section, rename old names, validate, fill in defaults, freeze. Called by plugin.ts at start.
import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { AUDIT_ERR_CONFIG, AUDIT_ERR_CONFIG_READ, AUDIT_ERR_OPTION } from '../errors.js'
import type { Complete } from './defaults.js'
import { withDefaults } from './defaults.js'
import type { Environment } from './environment.js'
import { renameLegacyKeys } from './legacy-names.js'
import { problemLine } from './messages.js'
import { isPlainObject, readObject } from './object.js'
import type { Path, Problem } from './setting-tree.js'
import { buildTree, nearestPlace } from './setting-tree.js'
import { expandShorthands } from './shorthand.js'
import { shownSettings } from './shown.js'
import type { SettingCheck } from './validate.js'
import { runChecks, validate } from './validate.js'
import { readYml } from './yml.js'

/** Where the settings of the audit log stand in a kibana.yml. */
export const SECTION: readonly string[] = ['xpack', 'security', 'audit']

export interface ReadOptions {
  /** What a relative path starts from. @default process.cwd() */
  readonly directory?: string
  /** What `${NAME}` takes its values from. @default process.env */
  readonly env?: Environment
  /** What a JSON Schema cannot say. @default none */
  readonly checks?: readonly SettingCheck[]
}

export interface ReadSettings<S> {
  /** Complete with defaults, frozen all the way down. Durations and sizes are still text. */
  readonly settings: Complete<S>
  /** A line for each old name that was met. */
  readonly deprecations: readonly string[]
  /**
   * Where a setting was written, and its full key, for errors that are found later:
   * `locate('appender', 'fileName')` → `audit.yml:4:13 xpack.security.audit.appender.fileName`.
   */
  readonly locate: (...path: Path) => string
  /** The settings without their secrets; what an environment variable brought is shown as its `${NAME}`. */
  readonly shown: unknown
}

/**
 * Reads the settings of the audit log.
 *
 * @param config the path of a kibana-style yml, of which only `xpack.security.audit` is
 *   looked at, or that section as an object
 * @param schema what the section may hold, a JSON Schema
 * @throws {AUDIT_ERR_OPTION} `config` is neither a path nor an object
 * @throws {AUDIT_ERR_CONFIG_READ} the file cannot be read
 * @throws {AUDIT_ERR_CONFIG_SYNTAX} the file is not YAML
 * @throws {AUDIT_ERR_CONFIG} settings are unknown or ill-typed: one line for each
 */
export function readSettings<const S extends object> (config: string | object, schema: S, options: ReadOptions = {}): ReadSettings<S> {
  const { directory = process.cwd(), env = process.env, checks = [] } = options
  const { tree, problems } = typeof config === 'string'
    ? buildTree(readYml(...readText(config, directory)), SECTION, env)
    : buildTree(readObject(requirePlainObject(config)), [], env)
  expandShorthands(tree, schema)
  const renamed = renameLegacyKeys(tree)
  const validated = validate(tree, schema)

  const found = [...problems, ...renamed.problems, ...validated.problems]
  const all = [...found, ...runChecks(tree, checks, found)]
  if (all.length > 0) throw new AUDIT_ERR_CONFIG(lines(all).join('\n'))
  const settings = withDefaults(schema, validated.value)
  return {
    settings,
    shown: shownSettings(settings, tree),
    deprecations: lines(renamed.deprecations),
    locate: (...path) => problemLine({ place: nearestPlace(tree, path), path, message: '' }, SECTION).replace(/: $/, '')
  }
}

function readText (config: string, directory: string): [text: string, name: string] {
  const path = resolve(directory, config)
  const fromHere = relative(process.cwd(), path)
  const name = fromHere.startsWith('..') ? path : fromHere
  try {
    return [readFileSync(path, 'utf8'), name]
  } catch (error) {
    const cause = error as NodeJS.ErrnoException
    const reason = cause.code === 'EISDIR' ? 'it is a directory' : cause.message
    throw new AUDIT_ERR_CONFIG_READ(`config: expected the path of a yml that can be read, got ${JSON.stringify(config)}: ${reason}`, { cause })
  }
}

function requirePlainObject (config: unknown): object {
  if (isPlainObject(config)) return config
  const came = config === null || config === undefined ? String(config) : Array.isArray(config) ? 'a list' : typeof config
  throw new AUDIT_ERR_OPTION(`config: expected the path of a yml or the section xpack.security.audit as an object, got ${came}`)
}

function lines (problems: readonly Problem[]): string[] {
  return [...problems].sort((one, other) => one.place.offset - other.place.offset).map((problem) => problemLine(problem, SECTION))
}
