// For tests of timers that do not keep a process alive, as something else always does.
import type { Test } from 'tap'

export function keepAlive (t: Pick<Test, 'teardown'>): void {
  const timer = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(timer))
}
