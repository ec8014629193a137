// The page at `/`: the buttons call the API and show what it answered; the trail is asked for
// after each call. Whatever comes from the server is put in as text, never as markup.

let isLoggedIn = false

const element = (id) => document.getElementById(id)
const space = () => element('space').value
const at = (path) => (space() === 'default' ? path : `/s/${encodeURIComponent(space())}${path}`)
const dashboard = (id) => at(`/api/saved_objects/dashboard/${encodeURIComponent(id)}`)

/** Calls the API and shows the answer. Returns its body when it went well. */
async function call (method, path, body) {
  let response
  let text
  try {
    response = await fetch(path, {
      method,
      ...body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    })
    text = await response.text()
  } catch {
    element('answer').textContent = `${method} ${path}\n\nThe server does not answer.`
    return undefined
  }
  const answer = text === '' ? undefined : JSON.parse(text)
  const retryAfter = response.headers.get('retry-after')
  const later = retryAfter === null ? '' : `\nRetry-After: ${retryAfter} seconds`
  element('answer').textContent = `${method} ${path}\n${response.status} ${response.statusText}${later}\n\n${answer === undefined ? '' : JSON.stringify(answer, null, 2)}`
  // Logged out, or the session has come to its end meanwhile.
  const isSessionOver = response.status === 401 ? path !== '/api/login' : response.ok && path === '/api/logout'
  if (isSessionOver) showWho(null)
  await showTrail()
  return response.ok ? answer ?? {} : undefined
}

function make (name, text, properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text }, properties)
}

async function list () {
  const isInTable = element('objects').contains(document.activeElement)
  const found = await call('GET', at('/api/saved_objects/_find?type=dashboard&per_page=50'))
  showObjects(found?.saved_objects ?? [])
  // The button that was pressed is gone: who uses the keyboard goes on from here.
  if (isInTable) element('list').focus()
}

function showObjects (objects) {
  const other = space() === 'default' ? 'marketing' : 'default'
  element('objects').replaceChildren(...objects.map(({ id, attributes, namespaces = [] }) => {
    const title = String(attributes.title)
    const button = (name, onclick) => make('button', name, { onclick, ariaLabel: `${name}: ${title}` })
    const actions = make('td', '')
    actions.append(
      button('Get', () => call('GET', dashboard(id))),
      button('Rename', () => change(() => call('PUT', dashboard(id), { attributes: { title: `${title}, again` } }))),
      button(`Share to ${other}`, () => change(() => call('POST', at('/api/spaces/_update_objects_spaces'), { objects: [{ type: 'dashboard', id }], spacesToAdd: [other], spacesToRemove: [] }))),
      button('Delete', () => change(() => call('DELETE', `${dashboard(id)}?force=true`)))
    )
    const row = make('tr', '')
    row.append(make('td', title), make('td', id), make('td', namespaces.join(', ')), actions)
    return row
  }))
}

/** What was done is shown in the list, unless it was refused: then its answer stays. */
async function change (doIt) {
  if (await doIt() !== undefined) await list()
}

/** Another user, or none, has seen no objects yet. */
function showWho (user) {
  isLoggedIn = user !== null
  element('logout').disabled = !isLoggedIn
  element('who').textContent = user === null ? 'Nobody is logged in.' : `${user.full_name}: ${user.roles.join(', ')} in ${user.spaces.includes('*') ? 'all spaces' : user.spaces.join(', ')}`
  showObjects([])
}

/** What the audit log's state means for who works here. */
const STATES = {
  degraded: 'The audit log cannot be written at the moment. Events wait, and what is done goes on.',
  blocked: 'The audit log cannot be written at the moment. What cannot be recorded is refused until it can be.'
}

async function showTrail () {
  // Its answer is JSON whatever its status.
  const { audit } = await fetch('/health').then((health) => health.json()).catch(() => ({}))
  element('state').textContent = STATES[audit] ?? ''
  const response = isLoggedIn ? await fetch('/api/my_trail').catch(() => undefined) : undefined
  const events = response?.ok ? await response.json() : []
  element('trail').replaceChildren(...events.reverse().map((event) => {
    const item = make('li', '', { className: event.event.outcome ?? '' })
    const details = make('details', '')
    details.append(make('summary', `${event['@timestamp']} ${event.event.action} ${event.event.outcome ?? ''}: ${event.message}`), make('pre', JSON.stringify(event, null, 2)))
    item.append(details)
    return item
  }))
}

element('login').addEventListener('submit', async (event) => {
  event.preventDefault()
  const { name, password } = Object.fromEntries(new FormData(event.target))
  const user = await call('POST', '/api/login', { name, password })
  if (user === undefined) return
  showWho(user)
  await showTrail()
})
element('logout').addEventListener('click', () => call('POST', '/api/logout'))
element('create').addEventListener('submit', async (event) => {
  event.preventDefault()
  await change(() => call('POST', at('/api/saved_objects/dashboard'), { attributes: { title: new FormData(event.target).get('title') } }))
})
element('list').addEventListener('click', list)
// What is listed belongs to the space that it was asked for in.
element('space').addEventListener('change', () => isLoggedIn ? list() : showObjects([]))

element('curl').textContent = [
  `curl -sSw '\\n' -c cookies.txt ${window.location.origin}/api/login -H 'content-type: application/json' -d '{"name":"emma","password":"emma-may-edit"}'`,
  `curl -sSw '\\n' -b cookies.txt ${window.location.origin}/api/saved_objects/dashboard -H 'content-type: application/json' -d '{"attributes":{"title":"Sales of the year"}}'`,
  `curl -sSw '\\n' -b cookies.txt '${window.location.origin}/api/saved_objects/_find?type=dashboard&search=sales'`
].join('\n')
// Refused while requests cannot be recorded: then nobody is known to be logged in.
showWho((await (await fetch('/api/me')).json()).user ?? null)
await showTrail()
