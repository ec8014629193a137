// A certificate authority of a test's own, and certificates that it has signed, made with OpenSSL.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Signed {
  /** Paths of PEM files. */
  readonly certificate: string
  readonly key: string
}

export interface Authority extends Signed {
  /** Signs a certificate. @param alternative as OpenSSL has it: `DNS:localhost` */
  sign (name: string, alternative: string): Signed
  /** The key of a certificate, encrypted. */
  encrypt (signed: Signed, passphrase: string): string
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** @param folder that exists */
export function createAuthority (folder: string, name = 'authority'): Authority {
  const run = (...args: readonly string[]): void => { execFileSync('openssl', args, { stdio: 'ignore' }) }
  const at = (file: string): string => join(folder, `${name}-${file}`)
  const own = { certificate: at('ca.pem'), key: at('ca.key') }
  run('req', '-x509', ...EC, '-keyout', own.key, '-out', own.certificate, '-days', '2', '-subj', `/CN=${name}`)
  return {
    ...own,
    sign (subject, alternative) {
      const signed = { certificate: at(`${subject}.pem`), key: at(`${subject}.key`) }
      run('req', '-new', ...EC, '-keyout', signed.key, '-out', at('request.pem'), '-subj', `/CN=${subject}`)
      writeFileSync(at('extensions'), `subjectAltName=${alternative}\n`)
      run('x509', '-req', '-in', at('request.pem'), '-CA', own.certificate, '-CAkey', own.key, '-CAcreateserial', '-out', signed.certificate, '-days', '2', '-extfile', at('extensions'))
      return signed
    },
    encrypt ({ key }, passphrase) {
      run('pkcs8', '-topk8', '-in', key, '-out', `${key}.encrypted`, '-passout', `pass:${passphrase}`)
      return `${key}.encrypted`
    }
  }
}
