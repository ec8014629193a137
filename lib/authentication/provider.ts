// The provider that the options of this folder name. Called when something is wrapped.
import type { AuthenticationProvider } from '../contracts.js'

/** Whether a value names a provider, as options have to. */
export function isProvider (given: unknown): given is AuthenticationProvider {
  const { type, name } = (given ?? {}) as Partial<AuthenticationProvider>
  return typeof type === 'string' && typeof name === 'string'
}
