// Opens the appenders that the settings name and starts the trail in front of them. Called by
// plugin.ts at start; both end with the application, or with the process.
import type { FastifyInstance } from 'fastify'
import { createAppender as createNamedAppender, reopensOnSighup } from './appenders/create.js'
import { namedAppenders, policiesOf, rewritesOf, type NamedDestination } from './config/named-appenders.js'
import type { ReadSettings } from './config/read.js'
import type { Settings } from './config/schema.js'
import { durationToMilliseconds, sizeToBytes } from './config/units.js'
import type { Appender, AuditRecord, LogNotice, OnFailure, OperationalLog } from './contracts.js'
import { auditStartedEvent, auditStoppedEvent } from './events/audit-log.js'
import { createLayout as createNamedLayout, type LayoutConfig } from './layouts/create.js'
import { withLimit } from './layouts/limit.js'
import { writeToStandardError } from './process/last-rung.js'
import { beforeLeaving } from './process/leaving.js'
import { reopenOnHangup } from './process/reopening.js'
import { createStop } from './process/stopping.js'
import type { NextEventId } from './trail/event-id.js'
import type { Destination } from './trail/outlet.js'
import { readHashKey } from './trail/fields/key.js'
import { createLineMakers, type LineMaker } from './trail/line-makers.js'
import { compileRoutes } from './trail/routes.js'
import { createRouting, type TrailWays, trailWays } from './trail/routing.js'
import { createRuleCounters, createSectionCounters } from './trail/rule-counters.js'
import type { Routing } from './trail/several.js'
import { Tally } from './trail/tally.js'
import { createTrail, type Trail, type TrailParts } from './trail/trail.js'
import { compileWishes } from './trail/wanted.js'
import type { Rewrite } from './trail/ways.js'

/** What a trail is started with. */
export interface TrailStart {
  readonly settings: Settings
  readonly onFailure: OnFailure
  readonly locate: ReadSettings<unknown>['locate']
  readonly log: OperationalLog
  /** Called once at the most, because `on_failure` says `stop`. */
  readonly stop: (error: Error) => void
  readonly farewell?: TrailParts['farewell']
  /** Is shown each record that the filters are asked about. @default nobody is */
  readonly watch?: (record: AuditRecord) => void
  /** What `process.pid` says. @default that of this process */
  readonly pid?: number
  /** @default new ones, in ascending order */
  readonly nextId?: NextEventId | undefined
  /** @default the appenders that the settings name */
  readonly createAppender?: typeof createNamedAppender
  /** @default the layouts that the settings name */
  readonly createLayout?: typeof createNamedLayout
}

const NO_LISTS = { include: [], exclude: [], hash: [] }

/** A trail, and what it was made of. */
export interface StartedTrail {
  readonly trail: Trail
  readonly named: readonly NamedDestination[]
  readonly destinations: readonly Destination[]
  readonly ways: TrailWays
  /** Lets what the appenders had to tell while they were opened stand after what has been said by now. */
  readonly tellNotices: () => void
}

/**
 * Starts the trail that the settings ask for.
 *
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) one of the appenders cannot be opened; the others are closed again
 * @throws {AUDIT_ERR_CONFIG} (as a rejection) the key of the hashes cannot be read
 */
export async function startTrail ({ settings, onFailure, locate, log, stop, farewell, watch, pid, nextId, createAppender = createNamedAppender, createLayout = createNamedLayout }: TrailStart): Promise<StartedTrail> {
  // What an appender has to tell while it is being opened waits for the trail.
  const notices: LogNotice[] = []
  let notice = (told: LogNotice): void => { notices.push(told) }
  const timeout = durationToMilliseconds(settings.queue.timeout)
  const named = namedAppenders(settings)
  const rewrites = rewritesOf(settings)
  const tally = new Tally()
  const { ignore_filters: ignore, include_filters: include, fields, allow_silencing_failures: allowed, routes } = settings
  const rules = createSectionCounters(tally, { ignore, fields, routes })
  const makerFor = createLineMakers<LayoutConfig>({
    section: { lists: fields, counts: rules.fields },
    key: readHashKey(fields, { directory: process.cwd(), locate, log }),
    tally,
    createLayout: config => withLimit(createLayout(config), sizeToBytes(settings.max_event_bytes))
  })
  const destinations: Destination[] = []
  try {
    for (const one of named) destinations.push(await open(one))
  } catch (error) {
    await Promise.allSettled(destinations.map(({ appender }) => appender.close()))
    throw error
  }

  async function open ({ name, config, durability, policies }: NamedDestination): Promise<Destination> {
    const appender = await createAppender(config, {
      directory: process.cwd(),
      locate: settings.appenders === undefined ? locate : (first, ...rest) => first === 'appender' ? locate('appenders', name, ...rest) : locate(first!, ...rest),
      now: Date.now,
      log,
      durability,
      mayOpenLater: !Object.values(policies).includes('stop'),
      notice: told => notice(told)
    })
    const own = config.ignore_filters ?? []
    const ownRules = createRuleCounters(tally, { ignore: own, fields: config.fields ?? NO_LISTS })
    return { name, type: config.type, appender, layout: lineFor(config).layout, ignores: compileWishes({ ignore: own, include: [], allowed }, ownRules.filters), rules: ownRules, durability, policies }
  }

  function lineFor ({ layout = { type: 'json' }, fields }: NamedDestination['config'], through: readonly Rewrite[] = []): LineMaker {
    return makerFor({ layout, fields, through })
  }

  const { fallback } = settings
  const ways = trailWays(settings.appenders === undefined ? ['default'] : Object.keys(settings.appenders), rewrites, fallback)

  function routing (): Routing {
    const configs = new Map(named.map(({ name, config }) => [name, config]))
    const line = (name: string, through: readonly Rewrite[]): LineMaker => lineFor(configs.get(name)!, through)
    return createRouting({ ways, routes, fallback, route: compileRoutes(routes, settings.route_mode, rules.routes), line, lastRung: writeToStandardError })
  }

  const ignores = compileWishes({ ignore, include, allowed }, rules.filters)
  const trail = createTrail({
    destinations,
    ...settings.appenders !== undefined && { routing: routing() },
    rules,
    pid,
    ignores: watch === undefined ? ignores : record => { watch(record); return ignores(record) },
    surroundings: { now: Date.now, log },
    policies: policiesOf(settings),
    onFailure,
    nextId,
    recordsAttemptedNames: settings.authentication.record_attempted_name,
    queue: { maxBytes: sizeToBytes(settings.queue.max_bytes), timeout },
    stop,
    farewell
  })
  return { trail, named, destinations, ways, tellNotices }

  function tellNotices (): void {
    notice = trail.notice
    notices.forEach(trail.notice)
  }
}

/**
 * Starts the trail of an application. It says when it starts and stops, ends with the application
 * or with the process, and opens its files anew at SIGHUP.
 *
 * @throws what `startTrail` throws
 */
export async function openTrail (app: FastifyInstance, settings: Settings, onFailure: OnFailure, { locate, shown }: Pick<ReadSettings<unknown>, 'locate' | 'shown'>): Promise<{ trail: Trail, appender: Pick<Appender, 'reopen'> }> {
  const since = Date.now()
  const { trail, named, destinations, tellNotices } = await startTrail({
    settings,
    onFailure,
    locate,
    log: app.log,
    stop: createStop(app, 2 * durationToMilliseconds(settings.queue.timeout)),
    farewell: settings.lifecycle_events ? status => auditStoppedEvent({ since, status, settings: shown }) : undefined
  })
  if (settings.lifecycle_events) trail.log(auditStartedEvent(shown), {}, since)
  tellNotices()

  const releases = [beforeLeaving(trail.writeNow)]
  const hangup = named.flatMap(({ config }, index) => reopensOnSighup(config) ? [destinations[index]!.appender] : [])
  if (hangup.length > 0) releases.push(reopenOnHangup(() => reopenAll(hangup), app.log))
  app.addHook('onClose', async function closeTrail () {
    await trail.close()
    for (const release of releases) release()
  })
  return { trail, appender: { reopen: () => reopenAll(destinations.map(({ appender }) => appender)) } }
}

/** Reopens all, also when one of them cannot be. */
async function reopenAll (appenders: readonly Appender[]): Promise<void> {
  const results = await Promise.allSettled(appenders.map(async appender => { await appender.reopen?.() }))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
