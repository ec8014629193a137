// An authority of a test's own, and the certificates that it signs, made with OpenSSL when they are
// needed.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Paths of PEM files. */
export interface KeyPair { readonly key: string, readonly certificate: string }

export interface Authority {
  /** The path of its own certificate. */
  readonly certificate: string
  /** A key, and a certificate for a name and for the addresses of loopback. */
  issue (name: string, file?: string): KeyPair
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
const openssl = (...args: readonly string[]): void => { execFileSync('openssl', args, { stdio: 'ignore' }) }

/** @param folder where the files go */
export function createAuthority (folder: string, name = 'authority'): Authority {
  const [caKey, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)]
  openssl('req', '-x509', ...EC, '-keyout', caKey, '-out', certificate, '-days', '2', '-subj', `/CN=${name}`)
  return {
    certificate,
    issue (subject, file = subject) {
      const [key, request, signed, extensions] = ['key', 'csr', 'pem', 'ext'].map(ending => join(folder, `${file}.${ending}`)) as [string, string, string, string]
      writeFileSync(extensions, `subjectAltName = DNS:${subject}, IP:127.0.0.1\n`)
      openssl('req', ...EC, '-keyout', key, '-out', request, '-subj', `/CN=${subject}`)
      openssl('x509', '-req', '-in', request, '-CA', certificate, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', extensions, '-out', signed)
      return { key, certificate: signed }
    }
  }
}
