// What server.js prints when it listens: where everything is, and three lines to paste.
import { FIRST_USERS } from './login/users.js'

/**
 * @param {object} places
 * @param {string} places.address such as `http://127.0.0.1:3000`
 * @param {string | undefined} places.auditFile
 * @param {string} places.auditYml
 * @param {string} places.appFile
 * @param {string} places.database
 * @param {string} places.cookies where curl keeps the session's cookie
 */
export function greeting ({ address, auditFile = 'as audit.yml says', auditYml, appFile, database, cookies }) {
  const users = FIRST_USERS.map(({ name, password, roles, spaces }) =>
    `  ${name.padEnd(8)} ${password.padEnd(18)} ${roles.join(', ')} in ${spaces.includes('*') ? 'all spaces' : spaces.join(', ')}`)
  return `
Saved objects, audited, on ${address}/

  audit log   ${auditFile}
  settings    ${auditYml}
  app's log   ${appFile}
  objects in  ${database}

Users of a new database, and their passwords:

${users.join('\n')}

Watch the audit log grow (tail -F on the file above) while you try, in another terminal:

${curlLines({ address, cookies }).map((line) => `  ${line}`).join('\n')}

A browser finds the same on ${address}/ . Ctrl+C ends it.
`
}

/**
 * Log in, create, find.
 *
 * @param {{ address: string, cookies: string }} places
 */
export function curlLines ({ address, cookies }) {
  const [first] = FIRST_USERS
  const jar = quoted(cookies)
  const json = '-H \'content-type: application/json\''
  return [
    `curl -sSw '\\n' -c ${jar} ${address}/api/login ${json} -d '${JSON.stringify({ name: first?.name, password: first?.password })}'`,
    `curl -sSw '\\n' -b ${jar} ${address}/api/saved_objects/dashboard ${json} -d '{"attributes":{"title":"Sales of the year"}}'`,
    `curl -sSw '\\n' -b ${jar} '${address}/api/saved_objects/_find?type=dashboard&search=sales'`
  ]
}

/** A word for a POSIX shell. @param {string} word */
function quoted (word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll('\'', '\'\\\'\'')}'`
}
