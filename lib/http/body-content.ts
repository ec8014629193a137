// What is recorded of a request's body: its parsed value as JSON, without secrets, up to a size.
// Stops as soon as that size is reached, so that no body costs more than that. Called by details.ts.
import { MAX_DEPTH, isPlainObject } from '../layouts/value.js'
import { REDACTED, type Redaction } from './redact.js'

/** The content of a body. */
export interface BodyContent {
  readonly content: string
  /** True when there was more of it. */
  readonly isCut: boolean
}

/**
 * Makes a reader of bodies; it gives null for what has no content to show: no body, binary data, a stream.
 *
 * @param maxBytes of the content, in UTF-8
 * @param further fields that are secrets too: names, or paths with dots from the top
 */
export function createBodyReader (maxBytes: number, redaction: Redaction, further: readonly string[]): (body: unknown) => BodyContent | null {
  const paths = new Set(further.filter(path => path.includes('.')).map(path => path.toLowerCase()))

  return function contentOf (body) {
    if (body === undefined || body === null) return null
    if (typeof body === 'string') return cut(redaction.text(body.slice(0, maxBytes + 1)), body.length > maxBytes)
    if (typeof body === 'object' && !Array.isArray(body) && !isPlainObject(body)) return null
    const writer = new Writer(maxBytes, redaction, paths)
    writer.value(body, '', 0)
    return cut(writer.text, false)
  }

  function cut (text: string, isCut: boolean): BodyContent {
    const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
    return { content: text.slice(0, read).toWellFormed(), isCut: isCut || read < text.length }
  }
}

/** Writes JSON until there is a little more than there is room for. */
class Writer {
  text = ''
  readonly #max: number
  readonly #redaction: Redaction
  readonly #paths: ReadonlySet<string>

  constructor (max: number, redaction: Redaction, paths: ReadonlySet<string>) {
    this.#max = max
    this.#redaction = redaction
    this.#paths = paths
  }

  get #isFull (): boolean { return this.text.length > this.#max }

  value (value: unknown, path: string, depth: number): void {
    if (typeof value === 'string') this.#string(this.#redaction.text(value.slice(0, this.#max + 1)))
    else if (typeof value === 'number' || typeof value === 'boolean' || value === null) this.text += String(value)
    else if (typeof value !== 'object') this.text += 'null'
    else if (depth >= MAX_DEPTH) this.text += '"[too deep]"'
    else if (Array.isArray(value)) this.#list(value, path, depth)
    else if (isPlainObject(value)) this.#fields(value, path, depth)
    else this.text += '"[not plain]"'
  }

  #list (list: readonly unknown[], path: string, depth: number): void {
    this.text += '['
    for (let i = 0; i < list.length && !this.#isFull; i++) {
      if (i > 0) this.text += ','
      this.value(list[i], path, depth + 1)
    }
    this.text += ']'
  }

  #fields (object: object, path: string, depth: number): void {
    let separator = '{'
    for (const name in object) {
      if (this.#isFull) break
      this.text += separator
      separator = ','
      this.#string(name)
      this.text += ':'
      const place = path === '' ? name : `${path}.${name}`
      if (this.#redaction.isSecret(name) || this.#paths.has(place.toLowerCase())) this.text += `"${REDACTED}"`
      else this.#field(object, name, place, depth)
    }
    this.text += separator === '{' ? '{}' : '}'
  }

  #field (object: object, name: string, place: string, depth: number): void {
    let value: unknown
    try {
      value = (object as Record<string, unknown>)[name]
    } catch {
      value = '[cannot be read]'
    }
    this.value(value, place, depth + 1)
  }

  #string (text: string): void {
    this.text += JSON.stringify(text.slice(0, this.#max + 1))
  }
}
