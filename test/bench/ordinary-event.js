// The http_request event as somebody builds it by hand, with the ordinary means of Node and
// Fastify. Every peer logs this object; the fields are those that fastify-audit records.

/** What is the same in every event of this process. */
export const CONSTANT_FIELDS = {
  ecs: { version: '9.4.0' },
  log: { level: 'info', logger: 'audit' },
  process: { pid: process.pid }
}

/** Who did it and where it comes from: what every event of the request carries. */
export function requestFields (request) {
  return {
    user: { id: request.user.id, name: request.user.name, roles: request.user.roles },
    client: { ip: request.ip },
    trace: { id: request.headers.traceparent.split('-')[1] }
  }
}

/** The event without its time, and without what is the same for all events. */
export function ordinaryHttpEvent (request) {
  const url = new URL(request.url, `${request.protocol}://${request.host}`)
  return {
    message: `User is requesting [${url.pathname}] endpoint`,
    event: { action: 'http_request', category: ['web'], outcome: 'unknown' },
    kibana: { space_id: request.space, session_id: request.user.session },
    http: { request: { method: request.method.toLowerCase(), headers: { 'x-forwarded-for': request.headers['x-forwarded-for'] } } },
    url: { domain: url.hostname, path: url.pathname, port: Number(url.port), query: url.search.slice(1), scheme: url.protocol.slice(0, -1) },
    ...requestFields(request)
  }
}
