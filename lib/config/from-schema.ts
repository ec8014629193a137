// The TypeScript type of a setting, derived from its JSON Schema, so that a schema is the
// only place where a setting is described. Covers the keywords that this project's schemas
// use: type, enum, const, properties, required, items, additionalProperties, oneOf, shorthand, textFor.

/** The type of the values that the schema `S` (declared `as const`) accepts. */
export type FromSchema<S> =
  S extends { readonly const: infer C } ? C
    : S extends { readonly enum: readonly (infer E)[] } ? E
      : S extends { readonly shorthand: readonly (infer W)[] } ? W | FromSchema<Omit<S, 'shorthand'>>
        : S extends { readonly textFor: string } ? string | FromSchema<Omit<S, 'textFor'>>
          : S extends { readonly oneOf: readonly (infer O)[] } ? (O extends unknown ? FromSchema<O> : never)
            : S extends { readonly type: infer T } ? FromType<T, S> : unknown

type FromType<T, S> =
  T extends readonly (infer U)[] ? (U extends unknown ? FromType<U, S> : never)
    : T extends 'string' ? string
      : T extends 'integer' | 'number' ? number
        : T extends 'boolean' ? boolean
          : T extends 'null' ? null
            : T extends 'array' ? (S extends { readonly items: infer I } ? readonly FromSchema<I>[] : readonly unknown[])
              : T extends 'object' ? FromObject<S> : unknown

type FromObject<S> =
  S extends { readonly properties: infer P }
    ? { readonly [K in keyof P as K extends RequiredKeys<S> ? K : never]: FromSchema<P[K]> } &
      { readonly [K in keyof P as K extends RequiredKeys<S> ? never : K]?: FromSchema<P[K]> } &
      (S extends { readonly additionalProperties: true } ? { readonly [further: string]: unknown } : unknown)
    : S extends { readonly additionalProperties: infer A } ? Readonly<Record<string, FromSchema<A>>> : Readonly<Record<string, unknown>>

type RequiredKeys<S> = S extends { readonly required: readonly (infer R)[] } ? R : never
