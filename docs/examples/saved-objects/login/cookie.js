// The one cookie of the example: the secret of a session. Called by routes/login.js, which
// sets it, and routes/context.js, which reads it.

const NAME = 'sid'

/** The secret, when there is one that could be ours. @param {string} [header] the `Cookie` header */
export function readCookie (header = '') {
  const pairs = header.split(';').map((part) => part.trim().split('=', 2))
  const [, value = ''] = pairs.find(([name]) => name === NAME) ?? []
  return /^[\w-]{43}$/.test(value) ? value : undefined
}

/**
 * `HttpOnly`: no script reads it. `SameSite=Strict`: other sites' pages cannot use it.
 *
 * @param {string} secret @param {Date} expires @param {boolean} secure whether only https may carry it
 */
export function setCookie (secret, expires, secure) {
  return `${NAME}=${secret}; Path=/; HttpOnly; SameSite=Strict; Expires=${expires.toUTCString()}${secure ? '; Secure' : ''}`
}

export const CLEARED_COOKIE = `${NAME}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`
