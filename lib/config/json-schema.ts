// The keywords of JSON Schema that this project's settings use, as the code that walks a
// schema sees them (defaults, error messages, the schema for editors). Types only.

export interface JsonSchema {
  readonly type?: string | readonly string[]
  /** What was expected, as an error says it: `a size such as "100mb"`. */
  readonly title?: string
  /** What the setting means, as an editor shows it. */
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly minProperties?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean | JsonSchema
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  /** Words of which one may stand for an object with that word in each of its properties. */
  readonly shorthand?: readonly unknown[]
  /** The property whose list a text may stand for: `a` for an object with `[a]` there. */
  readonly textFor?: string
  readonly discriminator?: { readonly propertyName: string }
}
