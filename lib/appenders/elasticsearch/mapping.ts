// How the fields of an event are indexed: ECS, what Kibana's audit log has beside it, and what
// holds for fields that nobody has foreseen. Data for index-template.ts; a test holds it against
// the list of fields that Elastic publishes. Only types that Elasticsearch 8 and OpenSearch 2 both know.

const keyword = { type: 'keyword', ignore_above: 1024 } as const
/** Found by its words. */
const text = { type: 'text' } as const
/** Addresses and the like: longer than other keywords, and within the 32,766 bytes that Lucene takes whatever characters they have. */
const longKeyword = { type: 'keyword', ignore_above: 8191 } as const
/** Found as a whole, by its beginning, and by its words. */
const phrase = { ...longKeyword, fields: { text } } as const
const long = { type: 'long' } as const
const date = { type: 'date' } as const
const ip = { type: 'ip' } as const

/** `mappings.properties`. What is a keyword under 1024 characters stands here only where people look for it by its name. */
export const properties = {
  // A data stream wants a time that is one.
  '@timestamp': { type: 'date', ignore_malformed: false },
  message: text,
  tags: keyword,
  'ecs.version': keyword,
  'event.id': keyword,
  'event.action': keyword,
  'event.category': keyword,
  'event.type': keyword,
  'event.outcome': keyword,
  'event.kind': keyword,
  'event.module': keyword,
  'event.dataset': keyword,
  'event.provider': keyword,
  'event.code': keyword,
  'event.reason': keyword,
  'event.created': date,
  'event.ingested': date,
  'event.start': date,
  'event.end': date,
  'event.duration': long,
  'event.sequence': long,
  'event.severity': long,
  'user.id': keyword,
  'user.name': keyword,
  'user.full_name': keyword,
  'user.email': keyword,
  'user.domain': keyword,
  'user.hash': keyword,
  'user.roles': keyword,
  'client.ip': ip,
  'client.address': keyword,
  'client.port': long,
  'source.ip': ip,
  'source.address': keyword,
  'source.port': long,
  'trace.id': keyword,
  'transaction.id': keyword,
  'span.id': keyword,
  'error.code': keyword,
  'error.type': keyword,
  'error.message': text,
  'error.stack_trace': text,
  'http.route': longKeyword,
  'http.request.method': keyword,
  'http.request.mime_type': keyword,
  'http.request.referrer': longKeyword,
  'http.request.bytes': long,
  'http.request.body.bytes': long,
  'http.request.body.content': phrase,
  'http.request.headers.x-forwarded-for': keyword,
  'http.response.status_code': long,
  'http.response.mime_type': keyword,
  'http.response.bytes': long,
  'http.response.body.bytes': long,
  'http.response.body.content': phrase,
  'http.version': keyword,
  'url.scheme': keyword,
  'url.domain': keyword,
  'url.port': long,
  'url.path': phrase,
  'url.query': longKeyword,
  'url.original': longKeyword,
  'url.full': longKeyword,
  'user_agent.original': phrase,
  'tls.client.subject': keyword,
  'tls.client.issuer': keyword,
  'host.name': keyword,
  'host.ip': ip,
  'service.name': keyword,
  'service.version': keyword,
  'service.environment': keyword,
  'process.pid': long,
  'process.name': keyword,
  'log.level': keyword,
  'log.logger': keyword,
  'kibana.space_id': keyword,
  'kibana.session_id': keyword,
  'kibana.saved_object.type': keyword,
  'kibana.saved_object.id': keyword,
  'kibana.saved_object.name': phrase,
  // What changed has the types of whatever changed: the first of them must not decide for all.
  'kibana.diff.format': keyword,
  'kibana.diff.ops': { type: 'object', dynamic: false, properties: { op: keyword, path: longKeyword } },
  'kibana.diff.noOps': { type: 'object', dynamic: false, properties: { path: longKeyword } },
  'kibana.add_to_spaces': keyword,
  'kibana.delete_from_spaces': keyword,
  'kibana.authentication_provider': keyword,
  'kibana.authentication_type': keyword,
  'kibana.authentication_realm': keyword,
  'kibana.lookup_realm': keyword,
  'kibana.unauthorized_spaces': keyword,
  'kibana.unauthorized_types': keyword
} as const

/** A label is a keyword in ECS. The first to come must not decide that it is a number from then on. */
const label = (of: string) => ({ [`labels_${of}`]: { path_match: 'labels.*', match_mapping_type: of, mapping: keyword } })

/** `mappings.dynamic_templates`: the first that matches a new field decides. */
export const dynamicTemplates = [
  label('long'),
  label('double'),
  label('boolean'),
  { addresses: { match: 'ip', match_mapping_type: 'string', mapping: ip } },
  { strings: { match_mapping_type: 'string', mapping: keyword } }
] as const
