// `npm start` ends here: opens the database and the logs, starts the application, and tells
// whoever is watching what to try. SIGTERM and SIGINT end it: the requests that are running get
// a moment to be answered, what they left is written, and the exit code is 0.
//
// HOST, PORT      where to listen; 127.0.0.1 and 3000 without them, port 0 takes any free one
// DATABASE_URL    a PostgreSQL to use in place of the file in ./data
// Files are where the process is started: ./data, ./logs.
import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AUDIT_YML, buildApp } from './app.js'
import { openApplicationLog } from './application-log.js'
import { openDatabase } from './database/open.js'
import { greeting } from './greeting.js'
import { startProblem } from './start-problem.js'

/** How long a client may take to finish its request once the application is to end. */
const GRACE_MS = 2000

/** When the end itself hangs, as on a disk or a database that does not answer, it is cut short after this time. */
const GIVE_UP_MS = 10_000

// All that is created from here on is for this user's eyes only.
process.umask(0o077)

const { DATABASE_URL } = process.env
const host = process.env.HOST || '127.0.0.1'
const port = process.env.PORT || '3000'
const dataFolder = resolve('data')

/** The file that audit.yml names; none when it logs to somewhere else. */
const [, auditFileName] = /^\s*(?:[\w.]+\.)?fileName:\s*["']?([^"'\s]+)/m.exec(readFileSync(AUDIT_YML, 'utf8')) ?? []
const auditFile = auditFileName && resolve(auditFileName)

async function start () {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const applicationLog = await openApplicationLog(resolve('logs'))
  const database = await openDatabase({
    url: DATABASE_URL,
    directory: dataFolder,
    onIdleError: (error) => console.error(`A connection to the database broke: ${error.message}`)
  })
  const app = await buildApp({ database, logStream: applicationLog.stream, auditFile })

  /** @type {Promise<void> | undefined} */
  let stopped

  // npm passes a Ctrl+C on that the terminal has sent to everybody already: the second one changes nothing.
  function stop () {
    stopped ??= end()
    return stopped
  }

  async function end () {
    setTimeout(() => app.server.closeAllConnections(), GRACE_MS).unref()
    setTimeout(() => {
      console.error('The application did not come to an end in time; what it still had to write may be missing')
      process.exit(1)
    }, GIVE_UP_MS).unref()
    await app.close()
    await database.close()
    await applicationLog.close()
  }

  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop().catch(fail))

  try {
    const address = await app.listen({ host, port: Number(port) })
    if (!['127.0.0.1', '::1', 'localhost'].includes(host)) {
      app.log.warn('The passwords of this example are known to everybody, and it listens beyond this machine')
    }
    console.log(greeting({ address, auditFile, auditYml: AUDIT_YML, appFile: applicationLog.file, database: database.description, cookies: join(dataFolder, 'cookies.txt') }))
  } catch (error) {
    await stop()
    throw error
  }
}

/** @param {Error} error */
function fail (error) {
  console.error(startProblem(error, { host, port }))
  process.exitCode = 1
}

start().catch(fail)
