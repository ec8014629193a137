// What the store has to know before the first event: the retention policy and the index template.
// Done by sender.ts when there is something to send, until it has succeeded once.
import { failureOf, noAnswer } from './failure.js'
import type { StoreAnswer, StoreConnection, StoreRequest } from './connection.js'
import { indexTemplate, MANAGED_BY, type Store, TEMPLATE_VERSION } from './index-template.js'
import { retention as retentionFor, type Retention } from './retention.js'
import type { Target } from './target.js'

/** What is to be installed. */
export interface Setup {
  readonly target: Target
  readonly retention?: string
}

const DOING = 'installing the index template in elasticsearch'

/**
 * Installs the retention policy and the index template. A template of this name that is as new, or
 * that somebody else has made, stays as it is.
 *
 * @throws {AUDIT_ERR_SEND} (as a rejection) the store could not be reached, or has refused; to be tried again
 */
export async function installTemplate (connection: StoreConnection, { target, retention }: Setup, signal: AbortSignal): Promise<void> {
  const ask = async (request: StoreRequest): Promise<StoreAnswer> => {
    try {
      return await connection.request(request, signal)
    } catch (error) {
      throw noAnswer(DOING, error)
    }
  }
  const must = async (request: StoreRequest): Promise<StoreAnswer> => {
    const answer = await ask(request)
    if (answer.status >= 300) throw failureOf(`${DOING} (${request.method} ${request.path})`, answer)
    return answer
  }

  const store = storeOf(await must({ method: 'GET', path: '/' }))
  const keeping: Retention = retention === undefined ? {} : retentionFor(retention, store, target)
  if (keeping.policy !== undefined) await putPolicy(keeping.policy)
  await putTemplate()
  if (keeping.existing !== undefined) {
    const answer = await ask(keeping.existing)
    // No such data stream: the first event makes it, and the template says the same.
    if (answer.status >= 300 && answer.status !== 404) throw failureOf(`${DOING} (PUT ${keeping.existing.path})`, answer)
  }

  async function putPolicy ({ isVersioned, ...request }: NonNullable<Retention['policy']>): Promise<void> {
    const known = isVersioned ? await ask({ method: 'GET', path: request.path }) : undefined
    const { _seq_no: seqNo, _primary_term: term } = Object(known?.status === 200 ? known.body : undefined) as { _seq_no?: number, _primary_term?: number }
    await must({ ...request, ...seqNo !== undefined && { querystring: `if_seq_no=${seqNo}&if_primary_term=${term}` } })
  }

  async function putTemplate (): Promise<void> {
    const path = `/_index_template/${target.name}`
    const there = await ask({ method: 'GET', path })
    if (there.status !== 404 && there.status >= 300) throw failureOf(`${DOING} (GET ${path})`, there)
    if (there.status < 300 && !isOutdated(there.body, retention)) return
    await must({ method: 'PUT', path, body: indexTemplate(store, target, keeping) })
  }
}

/** What stands behind `GET /`. */
export function storeOf ({ body }: StoreAnswer): Store {
  const { number = '', distribution, build_flavor: flavor } = (Object(body) as { version?: { number?: string, distribution?: string, build_flavor?: string } }).version ?? {}
  const [major = 0, minor = 0] = number.split('.').map(Number)
  return { kind: distribution === 'opensearch' ? 'opensearch' : 'elasticsearch', major, minor, isServerless: flavor === 'serverless' }
}

/** True for a template of ours that is older, or was made for another retention. */
function isOutdated (body: unknown, retention: string | undefined): boolean {
  const [found] = (Object(body) as { index_templates?: { index_template?: { version?: number, _meta?: { managed_by?: string, retention?: string } } }[] }).index_templates ?? []
  const { version = 0, _meta: meta } = found?.index_template ?? {}
  return meta?.managed_by === MANAGED_BY && (version < TEMPLATE_VERSION || (version === TEMPLATE_VERSION && meta.retention !== retention))
}
