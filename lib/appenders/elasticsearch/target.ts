// Where events go in the store: a data stream, or an index for each day, month or year of their
// time. Called by elasticsearch.ts; index-template.ts and retention.ts are told what comes out.

/** What has been asked for, one of the two. */
export interface TargetConfig {
  readonly data_stream?: string
  readonly index?: string
}

/** Where events go. */
export interface Target {
  /** True for a data stream, which the store itself divides into indices. */
  readonly isStream: boolean
  /** What the index template and the retention policy are called. */
  readonly name: string
  /** What the indices are called, with `*` for what differs. */
  readonly pattern: string
  /** How much time one index covers, in days; none where that is not known. */
  readonly days?: number
  /** Where an event of that time goes; milliseconds since the epoch. */
  indexOf (time: number): string
}

/** `%{+yyyy.MM.dd}`, as in Filebeat and Logstash. */
const DATE = /%\{\+([^}]*)\}/g
const LETTERS = /yyyy|MM|dd/g

/** What a name may consist of, which is less than Elasticsearch permits. */
const NAME = /^[a-z0-9][a-z0-9._-]*$/

/** What is wrong with the name of a data stream, or null. */
export function dataStreamFault (name: string): string | null {
  return NAME.test(name) && name.length <= 200 ? null : `expected the name of a data stream such as "logs-fastify.audit-default", in small letters, digits, ".", "_" and "-", got ${JSON.stringify(name)}`
}

/** What is wrong with the name of an index, or null. */
export function indexFault (index: string): string | null {
  const isDated = [...index.matchAll(DATE)].every(([, format = '']) => /^[0-9._-]*$/.test(format.replace(LETTERS, '')) && format !== '')
  const fits = isDated && index.startsWith('%') === false && NAME.test(index.replace(DATE, '0')) && index.length <= 200
  return fits ? null : `expected the name of an index such as "fastify-audit-%{+yyyy.MM.dd}", in small letters, digits, ".", "_" and "-", got ${JSON.stringify(index)}`
}

/** Where events go, as the settings say. */
export function createTarget ({ data_stream: stream, index }: TargetConfig): Target {
  if (index === undefined) return { isStream: true, name: stream!, pattern: stream!, indexOf: () => stream! }
  const letters = [...index.matchAll(DATE)].map(([, format]) => format).join()
  const days = letters.includes('dd') ? 1 : letters.includes('MM') ? 31 : letters.includes('yyyy') ? 366 : undefined
  const pattern = index.replace(DATE, '*')
  let day = NaN
  let name = ''
  return {
    isStream: false,
    name: index.replace(DATE, '').replace(/[._-]+$/, ''),
    pattern,
    days,
    indexOf (time) {
      const today = Math.floor(time / 86_400_000)
      if (today === day) return name
      day = today
      const [yyyy, MM, dd] = new Date(time).toISOString().split(/[-T]/)
      const parts: Readonly<Record<string, string | undefined>> = { yyyy, MM, dd }
      name = index.replace(DATE, (_, format: string) => format.replace(LETTERS, letters => parts[letters]!))
      return name
    }
  }
}
