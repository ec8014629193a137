// Measures fastify-audit against its peers and prints tables: `npm run bench` in the root.
//
//   BENCH_ROUNDS     rounds of every measurement; 20 unless told
//   BENCH_SLICE_MS   how long a slice is; each variant is loaded for eight of them in one round; 250 unless told
//   BENCH_ONLY       what to measure, separated by commas: requests, durable, further, serialize, bulk, features, and to
//                    narrow the requests down, variants: audited, audited-no-context, disabled, log4js, winston, evlog,
//                    and pino-sync, pino-roll and request-context, which are measured only when they are named
//   BENCH_LOAD=node  loads by Node also where wrk is installed
//   BENCH_PROFILE=1  no comparison: where the audited application spends its time
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cpus } from 'node:os'
import { measureBulk } from './bulk.js'
import { pinParent } from './children.js'
import { measureRequests, SLICES } from './http.js'
import { profile } from './profile.js'
import { measureSerializing } from './serialize.js'
import { estimate, median, quantile, table } from './statistics.js'
import { FEATURES } from './variants/feature.js'

const PARTS = ['requests', 'durable', 'further', 'serialize', 'bulk', 'features']
const REFERENCES = ['bare', 'bare-again', 'pino']
const VARIANTS = ['audited', 'audited-no-context', 'disabled', 'log4js', 'winston', 'evlog']
/** Measured when they are named: what explains the others. */
const FURTHER = ['pino-sync', 'pino-roll', 'request-context']
const CONNECTIONS = 50

const folder = join(import.meta.dirname, 'logs')
const rounds = Number(process.env.BENCH_ROUNDS ?? 20)
const sliceMilliseconds = Number(process.env.BENCH_SLICE_MS ?? 250)
const only = process.env.BENCH_ONLY?.split(',').map((word) => word.trim()) ?? PARTS
const unknown = only.filter((word) => ![...PARTS, ...REFERENCES, ...VARIANTS, ...FURTHER].includes(word))

if (unknown.length > 0) throw new Error(`BENCH_ONLY: expected ${[...PARTS, ...VARIANTS, ...FURTHER].join(', ')}, got ${unknown.join(', ')}`)
if (!existsSync(join(import.meta.dirname, '../../dist/index.js'))) throw new Error('dist/ is not there: build the project first')

const pinned = pinParent()
console.log(`Node ${process.version}, ${cpus().length} cores${pinned ? ', server on one and load generator on the other' : '; taskset is not there, so nothing is held to a core'}`)

if (process.env.BENCH_PROFILE === '1') {
  await profile({ connections: CONNECTIONS, folder: join(folder, 'profile') })
} else {
  const chosen = [...VARIANTS, ...FURTHER].filter((variant) => only.includes(variant))
  if (only.includes('requests') || chosen.length > 0) await requests(chosen.length > 0 ? chosen : VARIANTS)
  if (only.includes('durable')) for (const connections of [CONNECTIONS, 4 * CONNECTIONS]) await durable(connections)
  if (only.includes('further')) await further()
  if (only.includes('serialize')) await serialize()
  if (only.includes('bulk')) await bulk()
  if (only.includes('features')) await features()
}

function medianOf (turns, variant, name = 'cpu') {
  return median(turns.map((turn) => turn[variant][name]))
}

/** Of `variant`, in each turn: its CPU per request, of the bare application's, both of which together are the steadier base. */
function ofBare (turns, variant) {
  return median(turns.map((turn) => 2 * turn[variant].cpu / (turn.bare.cpu + turn['bare-again'].cpu)))
}

function added (turns, variant) {
  return ofBare(turns, variant) - 1
}

function addedOf (peer, variant) {
  return (turns) => added(turns, variant) / added(turns, peer)
}

function against (name, variant) {
  return (turns) => median(turns.map((turn) => turn[variant][name] / turn.bare[name]))
}

async function requests (variants) {
  const measured = await measureRequests([...REFERENCES, ...variants], {
    rounds, sliceMilliseconds, connections: CONNECTIONS, folder: join(folder, 'requests')
  })
  const turns = measured.flat()
  const bare = median(turns.flatMap((turn) => [turn.bare.cpu, turn['bare-again'].cpu]))
  console.log(`\n### http_request: CPU per request, ${CONNECTIONS} connections, ${rounds} rounds of ${SLICES} slices of ${sliceMilliseconds} ms\n`)
  console.log(table([
    ['variant', 'µs/request', 'of bare', 'added µs', 'added, of pino\'s', 'requests/s, of bare', 'p99, of bare', 'idle ms/s', 'MB'],
    ...[...REFERENCES, ...variants].map((variant) => [
      variant,
      spread(turns.map((turn) => turn[variant].cpu), 1),
      ofBare(turns, variant).toFixed(2),
      (bare * added(turns, variant)).toFixed(1),
      sure(measured, addedOf('pino', variant)),
      sure(measured, against('perSecond', variant)),
      sure(measured, against('p99', variant)),
      (medianOf(turns, variant, 'idle') / 1000).toFixed(2),
      String(Math.round(medianOf(turns, variant, 'rss') / 2 ** 20))
    ])
  ]))
  console.log(`\nNull check: the second bare application adds ${sure(measured, (turns) => against('cpu', 'bare-again')(turns) - 1)} of the first, where pino adds ${sure(measured, (turns) => added(turns, 'pino'))}.`)
  if (!variants.includes('audited')) return
  aims([
    ['CPU added, of what pino adds', '≤ 0.45', addedOf('pino', 'audited')(turns), 0.45],
    ...variants.includes('audited-no-context') ? [['the same with requestContext: false', '≤ 0.45', addedOf('pino', 'audited-no-context')(turns), 0.45]] : [],
    ...[['log4js', 0.35], ['winston', 0.3], ['evlog', 1]].filter(([peer]) => variants.includes(peer))
      .map(([peer, limit]) => [`CPU added, of what ${peer} adds`, `≤ ${limit.toFixed(2)}`, addedOf(peer, 'audited')(turns), limit])
  ])
}

/** Every answer waits until its event is on the disk. */
async function durable (connections) {
  const measured = await measureRequests(['bare', 'bare-again', 'pino', 'audited-fsync'], { rounds, sliceMilliseconds, connections, folder: join(folder, 'durable') })
  const turns = measured.flat()
  console.log(`\n### durability: fsync, each answer waits for its event: ${connections} connections, ${rounds} rounds\n`)
  console.log(table([
    ['variant', 'µs/request', 'added, of pino\'s', 'requests/s, of bare', 'p99, of bare'],
    ...['bare', 'bare-again', 'pino', 'audited-fsync'].map((variant) => [
      variant, medianOf(turns, variant).toFixed(1), sure(measured, addedOf('pino', variant)), sure(measured, against('perSecond', variant)), sure(measured, against('p99', variant))
    ])
  ]))
  const perSecond = connections > CONNECTIONS ? 0.8 : 0.6
  aims([
    ['CPU added, of what pino adds (which is not durable)', '≤ 0.70', addedOf('pino', 'audited-fsync')(turns), 0.7],
    ['requests per second lost, of the bare application', `≤ ${(1 - perSecond).toFixed(2)}`, 1 - against('perSecond', 'audited-fsync')(turns), 1 - perSecond],
    ['p99, of the bare application', '≤ 1.60', against('p99', 'audited-fsync')(turns), 1.6]
  ])
}

/** One more audited get and update in the same request. */
async function further () {
  const measured = await measureRequests(['more-plain', 'more-audited'], { rounds, sliceMilliseconds, connections: CONNECTIONS, folder: join(folder, 'further') })
  const turns = measured.flat()
  const each = (turns) => (medianOf(turns, 'more-audited') - medianOf(turns, 'more-plain')) / 2
  console.log(`\n### One more audited get and update in the same request, ${rounds} rounds\n`)
  console.log(table([['µs/request without', 'with', 'µs of CPU for each further event'], [medianOf(turns, 'more-plain').toFixed(1), medianOf(turns, 'more-audited').toFixed(1), sure(measured, each)]]))
  aims([['µs of CPU for each further event', '≤ 3.00', each(turns), 3]])
}

/** What each setting costs where it is set. */
async function features () {
  const [none, again, ...others] = Object.keys(FEATURES).map((name) => `feature:${name}`)
  const measured = await measureRequests([none, again, ...others], { rounds, sliceMilliseconds, connections: CONNECTIONS, folder: join(folder, 'features') })
  const turns = measured.flat()
  const base = (turn) => (turn[none].cpu + turn[again].cpu) / 2
  console.log(`\n### What a setting costs a request of three events, ${rounds} rounds\n`)
  console.log(table([
    ['set', 'µs/request', 'more than without, µs'],
    ...[none, again, ...others].map((variant) => [
      variant === none ? 'nothing' : variant === again ? 'nothing: null check' : `\`${variant.slice('feature:'.length)}\``,
      medianOf(turns, variant).toFixed(1),
      sure(measured, (turns) => median(turns.map((turn) => turn[variant].cpu - (variant === none || variant === again ? turn[none].cpu : base(turn)))))
    ])
  ]))
}

async function serialize () {
  const samples = await measureSerializing({ rounds })
  console.log(`\n### Making the line of one record, ${rounds} rounds\n`)
  console.log(table([
    ['event', 'layout µs', 'JSON.stringify µs', 'layout, of JSON.stringify', 'null check'],
    ...[['request', 'http_request of a user who has not been seen'], ['known', 'http_request of one of twenty users'], ['bulk', 'one of many of one request']].map(([kind, title]) => {
      const of = (subject) => samples.map((sample) => sample[kind][subject])
      return [
        title,
        median(of('layout')).toFixed(2),
        median(of('stringify')).toFixed(2),
        spread(samples.map((sample) => sample[kind].layout / sample[kind].stringify)),
        spread(samples.map((sample) => sample[kind].again / sample[kind].stringify))
      ]
    })
  ]))
  aims([['known', 'an http_request of one of twenty users'], ['bulk', 'one of many events of one request']].map(([kind, what]) =>
    [`${what}, of JSON.stringify`, '≤ 0.25', median(samples.map((sample) => sample[kind].layout / sample[kind].stringify)), 0.25]))
}

async function bulk () {
  const samples = await measureBulk({ rounds, folder: join(folder, 'bulk') })
  const ratio = (subject) => samples.map((sample) => sample[subject].cpu / sample.ordinary.cpu)
  const stretches = (subject) => samples.map((sample) => sample[subject].stretch)
  const titles = {
    audited: 'request.audit.logAll of 10,000 events',
    repository: 'bulkUpdate of 10,000 objects, audited',
    ordinary: 'JSON.stringify and sonic-boom',
    'ordinary-again': 'the same again: null check'
  }
  console.log(`\n### 10,000 events of one bulk call, ${rounds} rounds\n`)
  console.log(table([
    ['what', 'CPU ms', 'of JSON.stringify and sonic-boom', 'longest stretch of the event loop, ms'],
    ...Object.entries(titles).map(([subject, title]) => [
      title,
      (median(samples.map((sample) => sample[subject].cpu)) / 1000).toFixed(1),
      spread(ratio(subject)),
      `${median(stretches(subject)).toFixed(1)} (at most ${Math.max(...stretches(subject)).toFixed(1)})`
    ])
  ]))
  aims([
    ['10,000 events, of JSON.stringify with sonic-boom', '≤ 0.15', median(ratio('audited')), 0.15],
    ['longest stretch of the event loop by logAll, ms', '≤ 5', median(stretches('audited')), 5],
    ['longest stretch of the event loop by bulkUpdate, ms', '≤ 5', median(stretches('repository')), 5]
  ])
}

/** What `statistic` says of the turns of all rounds, and between which values it lies in nine of ten resamples of the rounds. */
function sure (measured, statistic) {
  const { value, low, high } = estimate(measured, statistic)
  return between(value, low, high, 2)
}

/** The median, and between which values the middle half lies. */
function spread (values, digits = 2) {
  return between(median(values), quantile(values, 0.25), quantile(values, 0.75), digits)
}

function between (value, low, high, digits) {
  return `${value.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`
}

function aims (rows) {
  console.log('\n' + table([
    ['measured', 'aim', 'result', ''],
    ...rows.map(([what, aim, value, limit]) => [what, aim, value.toFixed(2), value <= limit ? 'met' : 'missed'])
  ]))
}
