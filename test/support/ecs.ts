// Holds emitted records against ECS, from the field list that Elastic publishes. Called by
// every test that sees an event. Not part of ECS, and known here: the reference's `kibana.*`
// fields, `http.request.headers.*` and `http.route`.
import { isIP } from 'node:net'
import { EcsFlat } from '@elastic/ecs'
import type { Test } from 'tap'

interface EcsField {
  readonly type: string
  readonly normalize: readonly string[]
  readonly required?: boolean
  readonly allowed_values?: readonly { readonly name: string, readonly expected_event_types?: readonly string[] }[]
}

const keyword: EcsField = { type: 'keyword', normalize: [] }
const keywords: EcsField = { type: 'keyword', normalize: ['array'] }

const BESIDE_ECS: Readonly<Record<string, EcsField>> = {
  'http.route': keyword,
  'http.request.headers.x-forwarded-for': keyword,
  'kibana.space_id': keyword,
  'kibana.session_id': keyword,
  'kibana.saved_object.type': keyword,
  'kibana.saved_object.id': keyword,
  'kibana.saved_object.name': keyword,
  'kibana.add_to_spaces': keywords,
  'kibana.delete_from_spaces': keywords,
  'kibana.authentication_provider': keyword,
  'kibana.authentication_type': keyword,
  'kibana.authentication_realm': keyword,
  'kibana.lookup_realm': keyword,
  'kibana.unauthorized_spaces': keywords,
  'kibana.unauthorized_types': keywords,
  'kibana.diff.format': keyword,
  'kibana.diff.ops': { ...keywords, type: 'nested' },
  'kibana.diff.noOps': { ...keywords, type: 'nested' }
}

// Kibana's table of events gives `database` two types that ECS does not expect there. The
// table is what operators know: it is followed.
const EXPECTED_BESIDE_ECS: Readonly<Record<string, readonly string[]>> = { database: ['creation', 'deletion'] }

const FIELDS: ReadonlyMap<string, EcsField> = new Map(Object.entries<EcsField>({ ...EcsFlat, ...BESIDE_ECS }))

const isString = (value: unknown): boolean => typeof value === 'string'
const isInteger = (value: unknown): boolean => Number.isSafeInteger(value)
const isFinite = (value: unknown): boolean => Number.isFinite(value)

const HAS_TYPE: Readonly<Record<string, (value: unknown) => boolean>> = {
  keyword: isString,
  constant_keyword: isString,
  wildcard: isString,
  match_only_text: isString,
  long: isInteger,
  integer: isInteger,
  float: isFinite,
  double: isFinite,
  scaled_float: isFinite,
  boolean: value => typeof value === 'boolean',
  ip: value => typeof value === 'string' && isIP(value) !== 0,
  date: value => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value)),
  geo_point: isObject,
  object: isObject,
  flattened: isObject,
  nested: isObject
}

/** Fails the test for each way in which the record is not ECS; passes it once when there is none. */
export function assertEcs (t: Pick<Test, 'pass' | 'fail'>, record: Record<string, unknown>): void {
  const faults = ecsFaults(record)
  if (faults.length === 0) t.pass('the record is ECS')
  for (const fault of faults) t.fail(fault)
}

/** What is not ECS in an emitted record, a sentence for each fault. Fields that are `undefined` are absent. */
export function ecsFaults (record: Record<string, unknown>): string[] {
  const present = new Set<string>()
  const faults = [...fieldFaults(record, '', present), ...eventTypeFaults(record)]
  for (const [path, field] of FIELDS) {
    if (field.required === true && !present.has(path)) faults.push(`${path} is required`)
  }
  return faults
}

function * fieldFaults (object: Record<string, unknown>, prefix: string, present: Set<string>): Generator<string> {
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue
    const path = prefix + key
    const field = FIELDS.get(path) ?? (path.startsWith('http.request.headers.') ? keyword : undefined)
    present.add(path)
    if (field !== undefined) yield * valueFaults(path, field, value)
    else if (isObject(value)) yield * fieldFaults(value, path + '.', present)
    else yield `${path} is not an ECS field`
    if (path === 'labels' && isObject(value)) yield * labelFaults(value)
  }
}

function * valueFaults (path: string, field: EcsField, value: unknown): Generator<string> {
  const isList = field.normalize.includes('array')
  if (isList !== Array.isArray(value)) {
    yield `${path} must ${isList ? '' : 'not '}be an array: ${JSON.stringify(value)}`
    return
  }
  for (const item of isList ? value as unknown[] : [value]) {
    if (HAS_TYPE[field.type]?.(item) !== true) yield `${path} must be of type ${field.type}: ${JSON.stringify(item)}`
    else if (field.allowed_values !== undefined && !field.allowed_values.some(({ name }) => name === item)) yield `${path} may not be ${JSON.stringify(item)}`
  }
}

function * labelFaults (labels: Record<string, unknown>): Generator<string> {
  for (const [name, value] of Object.entries(labels)) {
    if (value !== undefined && !['string', 'number', 'boolean'].includes(typeof value)) yield `labels.${name} must be a string, a number or a boolean`
  }
}

function * eventTypeFaults (record: Record<string, unknown>): Generator<string> {
  const { category, type } = isObject(record.event) ? record.event : {}
  if (!Array.isArray(category) || category.length === 0 || !Array.isArray(type)) return
  const expected = new Set(category.flatMap(expectedTypes))
  for (const item of type) {
    if (!expected.has(item)) yield `event.type ${JSON.stringify(item)} is not expected in event.category ${JSON.stringify(category)}`
  }
}

function expectedTypes (category: unknown): readonly string[] {
  const listed = FIELDS.get('event.category')?.allowed_values?.find(({ name }) => name === category)?.expected_event_types ?? []
  return [...listed, ...EXPECTED_BESIDE_ECS[String(category)] ?? []]
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
