// Whether the sender of a request is one of those that a setting lists, by the other end of its
// socket: what it forwards may be forged. Asked by trace.ts (whose request ids are believed) and
// by bad-headers.ts (who may set internal headers).
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { AUDIT_ERR_OPTION } from '../errors.js'

/**
 * Compiles a list of addresses and ranges, once, to the question whether the sender of a request is in it.
 * An IPv4 address is the same when a socket of IPv6 writes it (`::ffff:10.0.0.7`); who comes through a pipe has none, and is in no list.
 *
 * @throws {AUDIT_ERR_OPTION} an entry of `setting` is no address and no range
 */
export function createTrust (entries: readonly string[], setting: string): (raw: IncomingMessage) => boolean {
  if (entries.length === 0) return () => false
  const allowed = new BlockList()
  for (const entry of entries) {
    const range = parseRange(entry)
    if (range === null) throw new AUDIT_ERR_OPTION(`${setting}: ${expected(entry)}`)
    allowed.addSubnet(range.address, range.prefix, range.family)
  }
  return function trusts (raw) {
    const address = raw.socket?.remoteAddress
    return address !== undefined && isIP(address) !== 0 && allowed.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
  }
}

/** What is wrong with an entry of such a list that its schema accepts, or null. */
export function rangeFault (entry: string): string | null {
  return parseRange(entry) === null ? expected(entry) : null
}

/** An address or a range in CIDR notation; null for anything else. */
function parseRange (entry: string): { address: string, prefix: number, family: 'ipv4' | 'ipv6' } | null {
  const [, address, bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
  const version = address === undefined ? 0 : isIP(address)
  if (address === undefined || version === 0) return null
  const most = version === 4 ? 32 : 128
  const prefix = bits === undefined ? most : Number(bits)
  return prefix > most ? null : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

const expected = (entry: string): string => `expected an IP address or a range such as "10.0.0.0/8", got ${JSON.stringify(entry)}`
