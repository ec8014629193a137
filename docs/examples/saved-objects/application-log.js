// The application's own log, by pino through pino-roll: a file a day, or sooner at 10 MB,
// seven of them kept. Called by server.js, which hands the stream to Fastify's logger.
import { once } from 'node:events'
import { lstatSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import roll from 'pino-roll'

/**
 * Opens `<folder>/app.log`.
 *
 * pino-roll always puts a number into the name of the file that it writes, and takes every
 * numbered `.log` in its folder for its own. So it has the folder `app` to itself, where it
 * keeps `current.log` pointing to the newest file, and `app.log` is a link to that. It always
 * shows the newest lines; follow it by name (`tail -F`), not by what it pointed to at first.
 *
 * @param {string} folder
 */
export async function openApplicationLog (folder) {
  const own = join(folder, 'app')
  mkdirSync(own, { recursive: true, mode: 0o700 })
  const stream = await roll({
    file: join(own, 'app.log'),
    frequency: 'daily',
    size: '10m',
    limit: { count: 7, removeOtherLogFiles: true },
    symlink: true,
    mode: 0o600
  })
  // Without somebody who listens, a full disk would end the process.
  stream.on('error', (error) => console.error(`The application log cannot be written: ${error.message}`))

  const file = join(folder, 'app.log')
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) symlinkSync(join('app', 'current.log'), file)

  return {
    file,
    stream,
    async close () {
      const closed = once(stream, 'close')
      stream.end()
      await closed
    }
  }
}
