// The index template that makes the store index events as they are meant. Installed by setup.ts;
// docs/examples/index-template has it for who ships with something else.
import { dynamicTemplates, properties } from './mapping.js'
import type { Target } from './target.js'

/** Raised whenever the template changes: an older one of ours is replaced. */
export const TEMPLATE_VERSION = 1

/** `_meta.managed_by`: by this word we know a template of ours. */
export const MANAGED_BY = 'fastify-audit'

/** What the store is. */
export interface Store {
  readonly kind: 'elasticsearch' | 'opensearch'
  readonly major: number
  readonly minor: number
  /** Elastic's own service, which says 8.11 whatever it can. */
  readonly isServerless: boolean
}

/** What keeps indices for as long as is asked: settings and a lifecycle, as retention.ts has them. */
export interface Keeping {
  /** As asked: `365d`. */
  readonly duration?: string
  readonly settings?: object
  readonly lifecycle?: object
}

/** `PUT _index_template/<target.name>`. */
export function indexTemplate (store: Pick<Store, 'kind'>, target: Target, { duration, settings = {}, lifecycle }: Keeping = {}): object {
  const isElasticsearch = store.kind === 'elasticsearch'
  return {
    index_patterns: [target.pattern],
    // Above the templates that Elasticsearch has for logs-*-*, and those that are made for Fleet.
    priority: 500,
    version: TEMPLATE_VERSION,
    ...target.isStream && { data_stream: {} },
    template: {
      settings: {
        'index.codec': 'best_compression',
        // An address that is none is not found by that field; the event is there all the same.
        'index.mapping.ignore_malformed': true,
        // Elasticsearch 9 would keep logs without the line as it came, and make one up when it is asked for.
        ...isElasticsearch && { 'index.mode': 'standard' },
        ...settings
      },
      mappings: {
        date_detection: false,
        dynamic_templates: dynamicTemplates,
        properties: { ...properties, ...isElasticsearch && target.isStream && dataStreamFields(target.name) }
      },
      ...lifecycle !== undefined && { lifecycle }
    },
    _meta: { managed_by: MANAGED_BY, ...duration !== undefined && { retention: duration }, description: 'Audit log of applications: ECS, and kibana.* as in the audit log of Kibana' }
  }
}

/** What Elastic's data stream naming scheme says by the name, as fields of every event without their being in one. */
function dataStreamFields (name: string): object {
  const [, type, dataset, namespace] = /^([^-]+)-([^-]+)-(.+)$/.exec(name) ?? []
  const constant = (value: string | undefined) => ({ type: 'constant_keyword', value })
  return type === undefined ? {} : { 'data_stream.type': constant(type), 'data_stream.dataset': constant(dataset), 'data_stream.namespace': constant(namespace) }
}
