// Opens the appenders that the settings name and starts the trail in front of them. Called by
// plugin.ts at start; both end with the application, or with the process.
import type { FastifyInstance } from 'fastify'
import { createAppender, reopensOnSighup } from './appenders/create.js'
import { namedAppenders, policiesOf, type NamedDestination } from './config/named-appenders.js'
import type { ReadSettings } from './config/read.js'
import type { Settings } from './config/schema.js'
import { durationToMilliseconds, sizeToBytes } from './config/units.js'
import type { Appender, Layout, LogNotice, OnFailure } from './contracts.js'
import { auditStartedEvent, auditStoppedEvent } from './events/audit-log.js'
import { createLayout } from './layouts/create.js'
import { writeToStandardError } from './process/last-rung.js'
import { beforeLeaving } from './process/leaving.js'
import { reopenOnHangup } from './process/reopening.js'
import { createStop } from './process/stopping.js'
import type { Destination } from './trail/outlet.js'
import { compileFields, withFields } from './trail/fields/compile.js'
import { readHashKey } from './trail/fields/key.js'
import { compileRoutes } from './trail/routes.js'
import { createTrail, type Trail } from './trail/trail.js'
import { compileWishes, type Wishes } from './trail/wanted.js'

/**
 * @throws {AUDIT_ERR_APPENDER_OPEN} (as a rejection) one of the appenders cannot be opened; the others are closed again
 */
export async function openTrail (app: FastifyInstance, settings: Settings, onFailure: OnFailure, { locate, shown }: Pick<ReadSettings<unknown>, 'locate' | 'shown'>): Promise<{ trail: Trail, appender: Pick<Appender, 'reopen'> }> {
  // What an appender has to tell while it is being opened waits for the trail.
  const notices: LogNotice[] = []
  let notice = (told: LogNotice): void => { notices.push(told) }
  const timeout = durationToMilliseconds(settings.queue.timeout)
  const change = compileFields(settings.fields, readHashKey(settings.fields, { directory: process.cwd(), locate, log: app.log }))
  const since = Date.now()
  const layouts = new Map<string, Layout>()
  const named = namedAppenders(settings)
  const destinations: Destination[] = []
  const wishes = (ignore: Wishes['ignore'], include: Wishes['include']): Destination['ignores'] =>
    compileWishes({ ignore, include, allowed: settings.allow_silencing_failures })
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
      log: app.log,
      durability,
      mayOpenLater: !Object.values(policies).includes('stop'),
      notice: told => notice(told)
    })
    const { layout: layoutConfig = { type: 'json' } } = config
    const key = JSON.stringify(layoutConfig)
    const layout = layouts.get(key) ?? withFields(createLayout(layoutConfig), change)
    layouts.set(key, layout)
    return { name, type: config.type, appender, layout, ignores: wishes(config.ignore_filters ?? [], []), durability, policies }
  }

  const { routes, route_mode: mode, fallback } = settings
  const trail = createTrail({
    destinations,
    ...settings.appenders !== undefined && { routing: { route: compileRoutes(routes, mode), fallback, routesToFallback: routes.some(({ appenders }) => appenders.some(name => name === fallback)), lastRung: writeToStandardError } },
    ignores: wishes(settings.ignore_filters, settings.include_filters),
    surroundings: { now: Date.now, log: app.log },
    policies: policiesOf(settings),
    onFailure,
    recordsAttemptedNames: settings.authentication.record_attempted_name,
    queue: { maxBytes: sizeToBytes(settings.queue.max_bytes), timeout },
    stop: createStop(app, 2 * timeout),
    farewell: settings.lifecycle_events ? status => auditStoppedEvent({ since, status, settings: shown }) : undefined
  })
  if (settings.lifecycle_events) trail.log(auditStartedEvent(shown), {}, since)
  notice = trail.notice
  notices.forEach(trail.notice)

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
