// `explain()`: what becomes of one event under given settings, and why. What would be written comes
// from the trail itself (explain/try-out); the reasons from its rules, one by one.
import { readSettings, type ReadSettings } from './config/read.js'
import { type AuditConfig, auditSchema, settingChecks, type Settings } from './config/schema.js'
import type { AuditEvent, AuditRecord } from './contracts.js'
import { AUDIT_ERR_OPTION } from './errors.js'
import { changedFields } from './explain/changed-fields.js'
import type { ExplainedAppender, Explanation, MatchedRule } from './explain/explanation.js'
import { changingRules, keptFor, matchedRules } from './explain/rules.js'
import { SILENT, tryOut, type TriedOut } from './explain/try-out.js'
import type { createLayout as createNamedLayout } from './layouts/create.js'
import { readHashKey } from './trail/fields/key.js'
import { EVENT_ID } from './trail/event-id.js'
import { failureClassOf } from './trail/on-failure.js'

type Locate = ReadSettings<unknown>['locate']
type Path = (string | number)[]

/**
 * Says what becomes of an event: whether it is recorded, by which rule, which appenders have it and
 * what their lines are. Nothing is opened and nothing is written.
 *
 * @param event as it is said without a request; or a line of a log, read as JSON, whose
 *   time, id, user, client, trace and process are kept. What `fields` took out of a line is not there
 *   any more, and a hash in it would be hashed again. Of an event that is only said, `process.pid` is 0.
 * @param config as for the plugin: the path of a yml, or the section as an object
 * @throws {AUDIT_ERR_OPTION} (as a rejection) the event is no object
 * @throws {AUDIT_ERR_CONFIG} (as a rejection) and the other faults of settings, as at start
 */
export async function explain (event: AuditEvent | AuditRecord, config: string | AuditConfig): Promise<Explanation> {
  return await createExplain(config)(event)
}

/**
 * Reads the settings once, for many events.
 *
 * @param createLayout makes the layouts that the settings name
 * @throws {AUDIT_ERR_CONFIG} and the other faults of settings, as at start
 */
export function createExplain (config: string | AuditConfig, createLayout?: typeof createNamedLayout): (event: AuditEvent | AuditRecord) => Promise<Explanation> {
  const read = readSettings(config, auditSchema, { checks: settingChecks })
  return async event => await explainWith(read, event, createLayout)
}

async function explainWith ({ settings, locate }: ReadSettings<typeof auditSchema>, event: AuditEvent | AuditRecord, createLayout?: typeof createNamedLayout): Promise<Explanation> {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new AUDIT_ERR_OPTION(`explain: expected an event as an object, got ${event === null ? 'null' : Array.isArray(event) ? 'a list' : typeof event}`)
  }
  const kind = failureClassOf(event)
  if (!settings.enabled) return { recorded: false, because: `auditing is disabled: ${locate('enabled')}`, kind, ignoredBy: [], includedBy: null, keptFor: null, appenders: [] }

  const said = Date.parse(String(event['@timestamp']))
  const tried = await tryOut(event, Number.isNaN(said) ? Date.now() : said, settings, locate, { id: idOf(event), createLayout })
  const { ignore_filters: ignore, include_filters: include, allow_silencing_failures: allowed } = settings
  const ignoredBy = matchedRules(ignore, tried.asked, position => locate('ignore_filters', position))
  const includedBy = include.length === 0 ? null : matchedRules(include, tried.asked, position => locate('include_filters', position))
  const kept = keptFor({ ignore, include, allowed }, tried.asked)
  const isDropped = (ignoredBy.length > 0 || includedBy?.length === 0) && kept === null
  const fate = isDropped ? dropped(ignoredBy, locate) : null
  const recorded = tried.written.size > 0
  return {
    recorded,
    because: tried.lost ?? fate ?? (recorded ? wanted(ignoredBy, includedBy, kept, event.event?.action) : 'no appender has it'),
    kind,
    ignoredBy,
    includedBy,
    keptFor: kept,
    appenders: explainAppenders(tried, settings, locate, kind, tried.lost ?? fate)
  }
}

/** The id of an event that comes from a log; one that an application says is not recorded. */
function idOf (event: AuditEvent | AuditRecord): string | undefined {
  try {
    const { id } = event.event
    return typeof id === 'string' && EVENT_ID.test(id) ? id : undefined
  } catch {
    return undefined
  }
}

const places = (rules: readonly MatchedRule[]): string => rules.map(({ where }) => where).join(' and ')

function dropped (ignoredBy: readonly MatchedRule[], locate: Locate): string {
  return ignoredBy.length > 0 ? `${places(ignoredBy)} drops it` : `no rule of ${locate('include_filters')} matches it`
}

function wanted (ignoredBy: readonly MatchedRule[], includedBy: readonly MatchedRule[] | null, kept: Explanation['keptFor'], action: string): string {
  if (kept !== null) {
    const filter = ignoredBy.length > 0 ? places(ignoredBy) : 'include_filters'
    return `${filter} would drop it, but ${reasonToKeep(kept)}, which ${kept === 'lifecycle' ? `only a rule of ignore_filters that names ${action} drops` : 'no filter may silence unless allow_silencing_failures names it'}`
  }
  return includedBy === null ? 'no rule drops it' : `${places(includedBy)} wants it, and no rule drops it`
}

const reasonToKeep = (kept: NonNullable<Explanation['keptFor']>): string => kept === 'lifecycle' ? 'it shows when the log was kept' : `it is a failure of ${kept}`

function explainAppenders ({ asked, written, named, ways }: TriedOut, settings: Settings, locate: Locate, kind: Explanation['kind'], fate: string | null): ExplainedAppender[] {
  const key = readHashKey(settings.fields, { directory: process.cwd(), locate, log: SILENT })
  const matching = settings.routes.flatMap(({ match, appenders }, position) => matchedRules([match], asked, () => locate('routes', position)).map(route => ({ ...route, appenders })))
  const deciding = settings.route_mode === 'first' ? matching.slice(0, 1) : matching
  const routes = deciding.map(({ where, rule }) => ({ where, rule }))
  return named.map(({ name, config, durability, policies }) => {
    const own = written.get(name)
    const ignore = config.ignore_filters ?? []
    const ignoredBy = matchedRules(ignore, asked, position => locate('appenders', name, 'ignore_filters', position))
    const kept = keptFor({ ignore, include: [], allowed: settings.allow_silencing_failures }, asked)
    const leadsHere = (from: string): boolean => ways.from(from).some(({ to }) => to === name)
    const sending = deciding.filter(({ appenders }) => appenders.some(leadsHere))
    const through = (deciding.length === 0 ? ways.unrouted : deciding.flatMap(({ appenders }) => appenders)).flatMap(ways.from).find(({ to }) => to === name)?.through ?? []
    return {
      name,
      type: config.type,
      takes: own !== undefined,
      because: fate ?? (own === undefined ? left() : taken()),
      routes,
      ignoredBy,
      durability,
      onFailure: policies[kind],
      fields: own === undefined ? [] : changing(),
      rewrites: own === undefined ? [] : through.map(rewrite => ({ where: locate('appenders', rewrite.name), rule: rewrite.policy })),
      ...own === undefined ? { removed: [], hashed: [], changed: [] } : changedFields(asked, own.record, key),
      line: own?.line ?? null
    }

    function changing (): MatchedRule[] {
      const own = config.fields === undefined ? [] : [{ lists: config.fields, where: (...place: Path) => locate('appenders', name, 'fields', ...place) }]
      return changingRules([{ lists: settings.fields, where: (...place) => locate('fields', ...place) }, ...own], asked, key)
    }

    function taken (): string {
      const way = settings.appenders === undefined ? 'it is the only appender' : sending.length > 0 ? `${places(sending)} sends it here` : `no route matches it, so that it goes to all appenders${settings.fallback === undefined ? '' : ' but the fallback'}`
      const rewritten = through.length === 0 ? way : `${way}, through ${through.map(rewrite => JSON.stringify(rewrite.name)).join(' and ')}`
      return kept === null ? rewritten : `${rewritten}; ${places(ignoredBy)} would drop it, but ${reasonToKeep(kept)}`
    }

    function left (): string {
      if (deciding.length > 0 && sending.length === 0) return `${places(deciding)} sends it elsewhere`
      if (deciding.length === 0 && name === settings.fallback) return 'it is the fallback, which has what the others cannot take'
      return `${places(ignoredBy)} drops it`
    }
  })
}
