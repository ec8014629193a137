// A load generator that is faster than any server it loads: wrk, where it is installed. One that
// is slower than the fastest variant never sleeps while that one is measured, and has to be woken
// by each answer of the others, which the kernel charges to the server that wakes it.
import { execFileSync, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether wrk can be had and is wanted: `BENCH_LOAD=node` does without. */
export const hasWrk = (() => {
  if (process.env.BENCH_LOAD === 'node') return false
  try {
    execFileSync('which', ['wrk'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/**
 * What loads a server on `port` for so many milliseconds by `count` connections, each with one
 * request under way; it insists on a 200 for every one. What wrk is to ask for is written to `script`.
 */
export async function loadByWrk (port, count, requestTexts, script) {
  await writeFile(script, scriptOf(requestTexts))
  return async function load (milliseconds) {
    const wrk = spawn('wrk', ['-t1', `-c${count}`, `-d${Math.ceil(milliseconds / 1000) + 1}s`, '-s', script, `http://127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'inherit'] })
    const told = text(wrk.stdout)
    // It knows whole seconds only; when it is interrupted, it ends at the next tenth of one.
    await sleep(milliseconds)
    wrk.kill('SIGINT')
    const summary = await told
    const { seconds, errors, p99 } = JSON.parse(summary.slice(summary.lastIndexOf('{')))
    if (errors > 0) throw new Error(`wrk: ${errors} requests failed`)
    return { seconds, p99 }
  }
}

const scriptOf = (requestTexts) => `
local requests = { ${requestTexts.map((text) => JSON.stringify(text)).join(', ')} }
local turn = 0
request = function ()
  turn = turn % #requests + 1
  return requests[turn]
end
done = function (summary, latency)
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  io.write(string.format('{ "seconds": %f, "errors": %d, "p99": %f }', summary.duration / 1e6, errors, latency:percentile(99) / 1e3))
end
`
