// `npm start` ends here: opens the database and the logs, starts the application, and tells
// whoever is watching what to try. Ends on SIGTERM and SIGINT, when all requests are answered.
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

// All that is created from here on is for this user's eyes only.
process.umask(0o077)

const { HOST = '127.0.0.1', PORT = '3000', DATABASE_URL } = process.env
const dataFolder = resolve('data')

/** The file that audit.yml names; none when it logs to somewhere else. */
const [, auditFileName] = /^\s*(?:[\w.]+\.)?fileName:\s*(\S+)/m.exec(readFileSync(AUDIT_YML, 'utf8')) ?? []
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

  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)

  async function stop () {
    await app.close()
    await database.close()
    await applicationLog.close()
  }

  try {
    const address = await app.listen({ host: HOST, port: Number(PORT) })
    if (!['127.0.0.1', '::1', 'localhost'].includes(HOST)) {
      app.log.warn('The passwords of this example are known to everybody, and it listens beyond this machine')
    }
    console.log(greeting({ address, auditFile, auditYml: AUDIT_YML, appFile: applicationLog.file, database: database.description, cookies: join(dataFolder, 'cookies.txt') }))
  } catch (error) {
    await stop()
    throw error
  }
}

start().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
