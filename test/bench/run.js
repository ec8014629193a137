// Measures fastify-audit against its peers and prints tables: `npm run bench` in the root.
//
//   BENCH_ROUNDS     rounds of every measurement; 20 unless told
//   BENCH_SLICE_MS   how long one variant is loaded in one round; 1000 unless told
//   BENCH_ONLY       what to measure, separated by commas: requests, durable, further, serialize, bulk, features, and to
//                    narrow the requests down, variants: audited, audited-no-context, disabled, log4js, winston, evlog,
//                    and request-context, which is measured only when it is named
//   BENCH_LOAD=node  loads by Node also where wrk is installed
//   BENCH_PROFILE=1  no comparison: where the audited application spends its time
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cpus } from 'node:os'
import { measureBulk } from './bulk.js'
import { pinParent } from './children.js'
import { measureRequests } from './http.js'
import { profile } from './profile.js'
import { measureSerializing } from './serialize.js'
import { median, quantile, table } from './statistics.js'
import { FEATURES } from './variants/feature.js'

const PARTS = ['requests', 'durable', 'further', 'serialize', 'bulk', 'features']
const REFERENCES = ['bare', 'bare-again', 'pino']
const VARIANTS = ['audited', 'audited-no-context', 'disabled', 'log4js', 'winston', 'evlog']
/** Measured when they are named: what explains the others. */
const FURTHER = ['request-context']
const CONNECTIONS = 50

const folder = join(import.meta.dirname, 'logs')
const rounds = Number(process.env.BENCH_ROUNDS ?? 20)
const sliceMilliseconds = Number(process.env.BENCH_SLICE_MS ?? 1000)
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

async function requests (variants) {
  const samples = await measureRequests([...REFERENCES, ...variants], {
    rounds, sliceMilliseconds, connections: CONNECTIONS, folder: join(folder, 'requests')
  })
  // Both bare applications together are the steadier base.
  const base = (sample) => (sample.bare.cpu + sample['bare-again'].cpu) / 2
  const added = (sample, variant) => sample[variant].cpu - base(sample)
  const row = (variant) => {
    const of = (name) => samples.map((sample) => sample[variant][name])
    return [
      variant,
      median(of('cpu')).toFixed(1),
      median(samples.map((sample) => added(sample, variant))).toFixed(1),
      spread(samples.map((sample) => added(sample, variant) / added(sample, 'pino'))),
      spread(samples.map((sample) => sample[variant].perSecond / sample.bare.perSecond)),
      spread(samples.map((sample) => sample[variant].p99 / sample.bare.p99)),
      (median(of('idle')) / 1000).toFixed(2),
      String(Math.round(median(of('rss')) / 2 ** 20))
    ]
  }
  console.log(`\n### http_request: CPU per request, ${CONNECTIONS} connections, ${rounds} rounds of ${sliceMilliseconds} ms\n`)
  console.log(table([
    ['variant', 'µs/request', 'added µs', 'added, of pino\'s', 'requests/s, of bare', 'p99, of bare', 'idle ms/s', 'MB'],
    ...[...REFERENCES, ...variants].map(row)
  ]))
  const differences = samples.map((sample) => sample['bare-again'].cpu - sample.bare.cpu)
  const meaningless = 2 * 1.25 * median(differences.map(Math.abs)) / 0.6745 / Math.sqrt(rounds)
  const pinoAdds = median(samples.map((sample) => added(sample, 'pino')))
  console.log(`\nNull check: the second bare application takes ${spread(differences)} µs more than the first. ` +
    `Of medians of ${rounds} rounds, differences under ${meaningless.toFixed(1)} µs (${(meaningless / pinoAdds).toFixed(2)} of what pino adds) mean nothing.`)
  if (!variants.includes('audited')) return
  const ratio = (peer, subject = 'audited') => median(samples.map((sample) => added(sample, subject) / added(sample, peer)))
  aims([
    ['CPU added, of what pino adds', '≤ 0.45', ratio('pino'), 0.45],
    ...variants.includes('audited-no-context') ? [['the same with requestContext: false', '≤ 0.45', ratio('pino', 'audited-no-context'), 0.45]] : [],
    ...[['log4js', 0.35], ['winston', 0.3], ['evlog', 1]].filter(([peer]) => variants.includes(peer))
      .map(([peer, limit]) => [`CPU added, of what ${peer} adds`, `≤ ${limit.toFixed(2)}`, ratio(peer), limit])
  ])
}

/** Every answer waits until its event is on the disk. */
async function durable (connections) {
  const samples = await measureRequests(['bare', 'bare-again', 'pino', 'audited-fsync'], { rounds, sliceMilliseconds, connections, folder: join(folder, 'durable') })
  const added = (sample, variant) => sample[variant].cpu - (sample.bare.cpu + sample['bare-again'].cpu) / 2
  const ofBare = (variant, name) => samples.map((sample) => sample[variant][name] / sample.bare[name])
  console.log(`\n### durability: fsync, each answer waits for its event: ${connections} connections, ${rounds} rounds\n`)
  console.log(table([
    ['variant', 'added, of pino\'s', 'requests/s, of bare', 'p99, of bare'],
    ...['bare-again', 'pino', 'audited-fsync'].map((variant) => [
      variant, spread(samples.map((sample) => added(sample, variant) / added(sample, 'pino'))), spread(ofBare(variant, 'perSecond')), spread(ofBare(variant, 'p99'))
    ])
  ]))
  const perSecond = connections > CONNECTIONS ? 0.8 : 0.6
  aims([
    ['CPU added, of what pino adds (which is not durable)', '≤ 0.70', median(samples.map((sample) => added(sample, 'audited-fsync') / added(sample, 'pino'))), 0.7],
    ['requests per second lost, of the bare application', `≤ ${(1 - perSecond).toFixed(2)}`, 1 - median(ofBare('audited-fsync', 'perSecond')), 1 - perSecond],
    ['p99, of the bare application', '≤ 1.60', median(ofBare('audited-fsync', 'p99')), 1.6]
  ])
}

/** One more audited get and update in the same request. */
async function further () {
  const samples = await measureRequests(['more-plain', 'more-audited'], { rounds, sliceMilliseconds, connections: CONNECTIONS, folder: join(folder, 'further') })
  const each = samples.map((sample) => (sample['more-audited'].cpu - sample['more-plain'].cpu) / 2)
  console.log(`\n### One more audited get and update in the same request, ${rounds} rounds\n`)
  console.log(table([['µs of CPU for each further event'], [spread(each)]]))
  aims([['µs of CPU for each further event', '≤ 3.00', median(each), 3]])
}

/** What each setting costs where it is set. */
async function features () {
  const [none, again, ...others] = Object.keys(FEATURES).map((name) => `feature:${name}`)
  const samples = await measureRequests([none, again, ...others], { rounds, sliceMilliseconds, connections: CONNECTIONS, folder: join(folder, 'features') })
  const base = (sample) => (sample[none].cpu + sample[again].cpu) / 2
  console.log(`\n### What a setting costs a request of three events, ${rounds} rounds\n`)
  console.log(table([
    ['set', 'µs/request', 'more than without, µs'],
    ...[none, again, ...others].map((variant) => [
      variant === none ? 'nothing' : variant === again ? 'nothing: null check' : `\`${variant.slice('feature:'.length)}\``,
      median(samples.map((sample) => sample[variant].cpu)).toFixed(1),
      spread(samples.map((sample) => sample[variant].cpu - (variant === none || variant === again ? sample[none].cpu : base(sample))))
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

/** The median, and between which values the middle half of the rounds lies. */
function spread (values) {
  return `${median(values).toFixed(2)} (${quantile(values, 0.25).toFixed(2)}–${quantile(values, 0.75).toFixed(2)})`
}

function aims (rows) {
  console.log('\n' + table([
    ['measured', 'aim', 'result', ''],
    ...rows.map(([what, aim, value, limit]) => [what, aim, value.toFixed(2), value <= limit ? 'met' : 'missed'])
  ]))
}
