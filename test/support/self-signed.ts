// A certificate for servers of tests, made with OpenSSL when it is needed.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'

/** Why tests that need TLS cannot run here, or false. */
export const withoutOpenssl: string | false = spawnSync('openssl', ['version']).error === undefined ? false : 'openssl is not installed on this machine'

/** A key and a certificate that nobody has signed but itself, in the test's folder. @param name whose they are */
export function selfSigned ({ testdirName: folder }: Pick<Test, 'testdirName'>, name = 'localhost'): { key: Buffer, cert: Buffer } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}
