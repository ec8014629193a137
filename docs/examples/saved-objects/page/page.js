// The page at `/`: the buttons call the API and show what it answered; the trail is asked for
// after each call. Whatever comes from the server is put in as text, never as markup.

let isLoggedIn = false

const element = (id) => document.getElementById(id)
const space = () => element('space').value
const at = (path) => (space() === 'default' ? path : `/s/${encodeURIComponent(space())}${path}`)
const dashboard = (id) => at(`/api/saved_objects/dashboard/${encodeURIComponent(id)}`)

/** Calls the API and shows the answer. Returns its body when it went well. */
async function call (method, path, body) {
  const response = await fetch(path, {
    method,
    ...body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  })
  const text = await response.text()
  const answer = text === '' ? undefined : JSON.parse(text)
  element('answer').textContent = `${method} ${path}\n${response.status} ${response.statusText}\n\n${answer === undefined ? '' : JSON.stringify(answer, null, 2)}`
  await showTrail()
  return response.ok ? answer ?? {} : undefined
}

function make (name, text, properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text }, properties)
}

async function list () {
  const found = await call('GET', at('/api/saved_objects/_find?type=dashboard&per_page=50'))
  element('objects').replaceChildren(...(found?.saved_objects ?? []).map(({ id, attributes, namespaces = [] }) => {
    const row = make('tr', '')
    const actions = make('td', '')
    const other = space() === 'default' ? 'marketing' : 'default'
    actions.append(
      make('button', 'Get', { onclick: () => call('GET', dashboard(id)) }),
      make('button', 'Rename', { onclick: () => change(() => call('PUT', dashboard(id), { attributes: { title: `${attributes.title}, again` } })) }),
      make('button', `Share to ${other}`, {
        onclick: () => change(() => call('POST', at('/api/spaces/_update_objects_spaces'), { objects: [{ type: 'dashboard', id }], spacesToAdd: [other], spacesToRemove: [] }))
      }),
      make('button', 'Delete', { onclick: () => change(() => call('DELETE', `${dashboard(id)}?force=true`)) })
    )
    row.append(make('td', String(attributes.title)), make('td', id), make('td', namespaces.join(', ')), actions)
    return row
  }))
}

/** What was done is shown in the list, unless it was refused: then its answer stays. */
async function change (doIt) {
  if (await doIt() !== undefined) await list()
}

async function showWho () {
  const { user } = await (await fetch('/api/me')).json()
  isLoggedIn = user !== null
  element('who').textContent = user === null ? 'Nobody is logged in.' : `${user.full_name}: ${user.roles.join(', ')} in ${user.spaces.includes('*') ? 'all spaces' : user.spaces.join(', ')}`
}

async function showTrail () {
  const response = isLoggedIn ? await fetch('/api/my_trail') : undefined
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
  await call('POST', '/api/login', { name, password })
  await showWho()
  await showTrail()
})
element('logout').addEventListener('click', async () => {
  await call('POST', '/api/logout')
  await showWho()
  await showTrail()
})
element('create').addEventListener('submit', async (event) => {
  event.preventDefault()
  await change(() => call('POST', at('/api/saved_objects/dashboard'), { attributes: { title: new FormData(event.target).get('title') } }))
})
element('list').addEventListener('click', list)

element('curl').textContent = [
  `curl -sSw '\\n' -c cookies.txt ${window.location.origin}/api/login -H 'content-type: application/json' -d '{"name":"emma","password":"emma-may-edit"}'`,
  `curl -sSw '\\n' -b cookies.txt ${window.location.origin}/api/saved_objects/dashboard -H 'content-type: application/json' -d '{"attributes":{"title":"Sales of the year"}}'`,
  `curl -sSw '\\n' -b cookies.txt '${window.location.origin}/api/saved_objects/_find?type=dashboard&search=sales'`
].join('\n')
await showWho()
await showTrail()
