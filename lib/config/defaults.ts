// Fills in the defaults of a schema. ajv would not do it inside `oneOf`, where most of ours
// stand. Called by read.ts, after validation; and the type of what comes out.
import type { JsonSchema } from './json-schema.js'

/** The type of the settings once defaults are filled in: a key with a default is always there. */
export type Complete<S> =
  S extends { readonly const: infer C } ? C
    : S extends { readonly enum: readonly (infer E)[] } ? E
      : S extends { readonly oneOf: readonly (infer O)[] } ? (O extends unknown ? Complete<O> : never)
        : S extends { readonly type: infer T } ? CompleteType<T, S> : unknown

type CompleteType<T, S> =
  T extends readonly (infer U)[] ? (U extends unknown ? CompleteType<U, S> : never)
    : T extends 'string' ? string
      : T extends 'integer' | 'number' ? number
        : T extends 'boolean' ? boolean
          : T extends 'null' ? null
            : T extends 'array' ? (S extends { readonly items: infer I } ? readonly Complete<I>[] : readonly unknown[])
              : T extends 'object' ? CompleteObject<S> : unknown

type CompleteObject<S> =
  S extends { readonly properties: infer P }
    ? { readonly [K in keyof P as K extends PresentKeys<S, P> ? K : never]: Complete<P[K]> } &
      { readonly [K in keyof P as K extends PresentKeys<S, P> ? never : K]?: Complete<P[K]> }
    : S extends { readonly additionalProperties: infer A } ? Readonly<Record<string, Complete<A>>> : Readonly<Record<string, unknown>>

type PresentKeys<S, P> =
  | (S extends { readonly required: readonly (infer R)[] } ? R : never)
  | { [K in keyof P]: P[K] extends { readonly default: unknown } ? K : never }[keyof P]

/**
 * A copy of `value` with every default that the schema names, frozen all the way down.
 *
 * @param value what the schema has accepted
 */
export function withDefaults<const S> (schema: S, value: unknown): Complete<S> {
  return complete(schema as JsonSchema, value) as Complete<S>
}

function complete (schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map((item: unknown) => complete(schema.items ?? {}, item)))
  if (typeof value !== 'object' || value === null) return value
  const { properties = {}, additionalProperties } = branchFor(schema, value)
  const completed = new Map<string, unknown>()
  for (const [key, child] of Object.entries(value)) {
    const childSchema = Object.hasOwn(properties, key) ? properties[key] : additionalProperties
    completed.set(key, complete(typeof childSchema === 'object' ? childSchema : {}, child))
  }
  for (const [key, property] of Object.entries(properties)) {
    if (!completed.has(key) && property.default !== undefined) completed.set(key, complete(property, property.default))
  }
  return Object.freeze(Object.fromEntries(completed))
}

/** The branch of a `oneOf` that `value` belongs to: the one whose constants (its `type`) are those of `value`. */
function branchFor (schema: JsonSchema, value: object): JsonSchema {
  const branches = schema.oneOf ?? [schema]
  const constantsMatch = ({ properties = {} }: JsonSchema) => Object.entries(properties).every(([key, property]) =>
    property.const === undefined || !Object.hasOwn(value, key) || property.const === (value as Record<string, unknown>)[key])
  return branches.find((branch) => branch.properties !== undefined && constantsMatch(branch)) ?? schema
}
