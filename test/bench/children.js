// Child processes on one core, spoken to by messages, one question at a time. The parent
// keeps to the other core, so that generating the load does not disturb what is measured.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'

const canPin = cpus().length > 1 && pins('taskset', ['-V'])

/** True when server and load generator have a core each. */
export function pinParent () {
  return canPin && pins('taskset', ['-a', '-p', '-c', '1', String(process.pid)])
}

function pins (command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Those that have not ended. A stopped one would not even hear that its parent has. */
const running = new Set()
process.on('exit', () => { for (const child of running) child.kill('SIGKILL') })
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

/**
 * Starts `node [options] script …args` on core 0.
 * `ask(message)` resolves to its answer, `rest()` stops it where it is until `wake()`, `end()`
 * closes it and waits until it is gone.
 */
export async function startChild (script, args, options = []) {
  const command = [process.execPath, ...options, script, ...args]
  if (canPin) command.unshift('taskset', '-c', '0')
  const child = spawn(command[0], command.slice(1), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' }
  })
  const exited = once(child, 'exit')
  running.add(child)
  child.once('exit', () => running.delete(child))
  const next = async () => {
    const [answer] = await Promise.race([once(child, 'message'), exited.then(([code, signal]) => {
      throw new Error(`${script} ${args[0]} ended early: ${code ?? signal}`)
    })])
    return answer
  }
  const ready = await next()
  return {
    ready,
    ask (message) {
      const answer = next()
      child.send(message)
      return answer
    },
    rest () { child.kill('SIGSTOP') },
    wake () { child.kill('SIGCONT') },
    async end () {
      child.send('close')
      await exited
    }
  }
}
