// The settings as they may be shown, without their secrets: for the event at the start of the
// log and for `fastify-audit check-config`. Called by read.ts.
import { createRedaction, REDACTED } from '../http/redact.js'
import { isPlainObject } from './object.js'
import { findNode, type Path, type SettingNode } from './setting-tree.js'

/** The last word of the names of settings that hold a secret. */
const SECRET_NAME = /(?:pass|password|passwd|passphrase|secret|token|key|credentials?|cookie|authorization|auth)$/i
/** `scheme://user:password@`, with whatever may stand in a password. */
const USER_INFO = /(\w:\/\/)[^/?#\s]*@/g
const QUERY = /\?([^#\s]*)/g
/** What a URL, or a text that begins with a variable, has behind its host. */
export const BEHIND_HOST = /^(\w+:\/\/[^/?#]*|(?!\w+:\/\/)[^/?#]*)[/?#].+$/s
/** So deep settings are shown. */
const MAX_DEPTH = 12

const redaction = createRedaction([])

/**
 * A copy of the settings, without secrets: values whose name says that they are one, the values of
 * headers, who logs in within a URL and what looks like a secret in its query. Of the URL of a webhook
 * nothing behind its host is shown: with many (Slack, Teams) its path is all that a sender has to know.
 * What an environment variable has brought is shown as its reference, `${NAME}`.
 *
 * @param tree what was written, for the references
 */
export function shownSettings (settings: unknown, tree: SettingNode): unknown {
  return shown(settings, [])

  function shown (value: unknown, path: Path): unknown {
    const content = findNode(tree, path)?.content
    if (content !== undefined && 'value' in content && content.written !== undefined) return withoutDefaults(content.written)
    if (typeof value === 'string') return shownText(value)
    if (typeof value === 'function') return '[function]'
    if (typeof value !== 'object' || value === null) return value
    if (path.length >= MAX_DEPTH) return '[…]'
    if (Array.isArray(value)) return value.map((item: unknown, index) => shown(item, [...path, index]))
    if (!isPlainObject(value)) return '[object]'
    const areHeaders = path.at(-1) === 'headers'
    const areNames = path.length === 1 && path[0] === 'appenders'
    // Beside `appenders`, the default of `appender` is not in force.
    const entries = Object.entries(value).filter(([key]) => key !== 'appender' || path.length > 0 || !Object.hasOwn(value, 'appenders'))
    return Object.fromEntries(entries.map(([key, child]) =>
      [key, areHeaders || (!areNames && SECRET_NAME.test(key)) ? REDACTED : ofKind(value, key, shown(child, [...path, key]))]))
  }
}

/** What is shown of a setting, less what is secret only where it stands. */
function ofKind ({ type }: { readonly type?: unknown }, key: string, text: unknown): unknown {
  return type === 'webhook' && key === 'url' && typeof text === 'string' ? text.replace(BEHIND_HOST, `$1/${REDACTED}`) : text
}

/** The default may be a secret, too; and so may what stands around a variable. */
const withoutDefaults = (written: string): string => shownText(written.replace(/\$\{(\w+):[^}]*\}/g, (_, name: string) => `\${${name}:…}`))

function shownText (text: string): string {
  return text.replace(USER_INFO, `$1${REDACTED}@`).replace(QUERY, (_, query: string) => `?${redaction.query(query)}`)
}
