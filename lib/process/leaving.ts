// What is still to be done when the process ends, however it ends: `process.exit()`, an uncaught
// exception, a signal. Called by plugin.ts.
//
// A plugin does not take signals over. Somebody has to listen to a signal, or the process ends
// before a line of code runs; but where nobody else listens, the process then ends by that same
// signal, as it would have.

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Marks listeners of this kind, whichever copy of this package has added them: they all wait for somebody else to decide. */
const YIELDS = Symbol.for('fastify-audit.yields')

type Listener = ((signal: NodeJS.Signals) => void) & { [YIELDS]?: true }

/**
 * Calls `finish` when the process is about to end, or may be: `isLeaving` is false at a signal about
 * which the application itself decides. It has to do all that it does before it returns.
 *
 * @returns takes the listeners away again
 */
export function beforeLeaving (finish: (isLeaving: boolean) => void): () => void {
  const onSignal: Listener = Object.assign((signal: NodeJS.Signals) => {
    const isLeaving = !isDecidedByOthers(signal)
    finish(isLeaving)
    if (!isLeaving) return
    release()
    // The last of several applications; until then, the others have to write as well.
    if (!listenersOf(signal).some(listener => listener[YIELDS])) process.kill(process.pid, signal)
  }, { [YIELDS]: true } as const)

  const onExit = (): void => finish(true)

  function release (): void {
    process.off('exit', onExit)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }

  process.on('exit', onExit)
  // First, because a listener that is called once has gone by the time that it is called.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal)
  return release
}

const listenersOf = (signal: NodeJS.Signals): Listener[] => process.listeners(signal)

/** Whether the application itself says what a signal does: not all who listen wait for somebody else to decide. */
function isDecidedByOthers (signal: NodeJS.Signals): boolean {
  return listenersOf(signal).filter(listener => !listener[YIELDS]).length > signalExitListeners()
}

/** How many listeners the package signal-exit has for each signal, by its own count, in which its copies find each other. It waits as ours do. */
function signalExitListeners (): number {
  const emitters = [Reflect.get(globalThis, Symbol.for('signal-exit emitter')), Reflect.get(process, '__signal_exit_emitter__')] as ({ readonly count?: number } | undefined)[]
  return emitters.reduce((sum, emitter) => sum + (emitter?.count ?? 0), 0)
}
