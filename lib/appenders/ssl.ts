// `ssl` of the appenders that speak TLS, in Kibana's words (`elasticsearch.ssl`), and what Node is
// told because of it. Read once, at start, so that a wrong path or a wrong passphrase is found then.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { FromSchema } from '../config/from-schema.js'
import { oneOrManySchema, textSchema } from '../config/units.js'
import type { Surroundings } from '../contracts.js'
import { AUDIT_ERR_CONFIG } from '../errors.js'
import { messageOf } from '../layouts/plain.js'

/** `ssl`. */
export const sslSchema = {
  type: 'object',
  title: 'the settings of TLS',
  description: 'How the other side shows who it is, and how this one does.',
  additionalProperties: false,
  properties: {
    certificateAuthorities: {
      ...oneOrManySchema,
      title: 'a path such as "./ca.pem", or a list of paths',
      description: 'PEM files with the certificates of the authorities that are trusted, in the place of those that Node knows.'
    },
    certificate: {
      type: 'string',
      title: 'a path such as "./client.pem"',
      minLength: 1,
      description: 'A PEM file with the certificate that this side shows, and those between it and its authority. Needs key.'
    },
    key: {
      type: 'string',
      title: 'a path such as "./client.key"',
      minLength: 1,
      description: 'A PEM file with the private key of certificate.'
    },
    keyPassphrase: {
      ...textSchema,
      description: 'What the private key is encrypted with. Best brought by an environment variable.'
    },
    verificationMode: {
      enum: ['full', 'certificate', 'none'],
      default: 'full',
      description: 'What is checked of the other side: its certificate and the name in it (full), the certificate alone (certificate), nothing (none).'
    }
  }
} as const

export type SslConfig = FromSchema<typeof sslSchema>

/** The options of `tls.connect()`, which undici's `connect` and others take as well. */
export interface TlsOptions {
  readonly ca?: string[]
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  readonly rejectUnauthorized: boolean
  readonly checkServerIdentity?: () => undefined
}

/**
 * Reads the files that `ssl` names.
 *
 * @param path where `ssl` stands in the settings, for errors: `['appender', 'ssl']`
 * @throws {AUDIT_ERR_CONFIG} a file cannot be read, or does not hold what it should; a key without its certificate, or that is not its key
 */
export function readTls (ssl: SslConfig | undefined, { directory, locate }: Pick<Surroundings, 'directory' | 'locate'>, path: readonly string[] = ['appender', 'ssl']): TlsOptions {
  const { certificateAuthorities = [], certificate, key, keyPassphrase, verificationMode = 'full' } = ssl ?? {}
  if ((certificate === undefined) !== (key === undefined)) {
    const [there, missing] = certificate === undefined ? ['key', 'certificate'] : ['certificate', 'key']
    throw new AUDIT_ERR_CONFIG(`${locate(...path, there)}: expected ${missing} beside it, got none`)
  }
  if (keyPassphrase !== undefined && key === undefined) throw new AUDIT_ERR_CONFIG(`${locate(...path, 'keyPassphrase')}: expected key beside it, got none`)

  /** The text of a file, held against what it should be. */
  function read (name: string, file: string, expected: string, check: (text: string) => unknown): string {
    let found = 'none that can be read'
    try {
      const text = readFileSync(resolve(directory, file), 'utf8')
      found = 'something else'
      check(text)
      return text
    } catch (cause) {
      throw new AUDIT_ERR_CONFIG(`${locate(...path, name)}: expected a file with ${expected}, got ${found} at ${JSON.stringify(file)}: ${messageOf(cause)}`, { cause })
    }
  }

  const authorities = [certificateAuthorities].flat().map(file => read('certificateAuthorities', file, 'certificates (PEM)', checkCertificates))
  const options: TlsOptions = {
    ...authorities.length > 0 && { ca: authorities },
    ...certificate !== undefined && key !== undefined && {
      cert: read('certificate', certificate, 'a certificate (PEM)', checkCertificates),
      key: read('key', key, `a private key (PEM)${keyPassphrase === undefined ? '' : ' that keyPassphrase opens'}`, text => createPrivateKey({ key: text, passphrase: keyPassphrase }))
    },
    ...keyPassphrase !== undefined && { passphrase: keyPassphrase },
    rejectUnauthorized: verificationMode !== 'none',
    ...verificationMode === 'certificate' && { checkServerIdentity: () => undefined }
  }
  try {
    createSecureContext(options)
  } catch (cause) {
    throw new AUDIT_ERR_CONFIG(`${locate(...path, 'key')}: expected the key of the certificate beside it, got another: ${messageOf(cause)}`, { cause })
  }
  return options
}

/** Every certificate of a PEM file, because Node passes over what it does not understand. */
function checkCertificates (text: string): void {
  const certificates = text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----.*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/gs) ?? []
  if (certificates.length === 0) throw new Error('there is no certificate in it')
  for (const certificate of certificates) new X509Certificate(certificate).checkIssued(new X509Certificate(certificate))
}
