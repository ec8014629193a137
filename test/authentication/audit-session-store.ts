import { test } from 'tap'
import { auditSessionStore, hashValue, type AuditSessionStoreOptions, type SessionStore } from '../../lib/index.js'
import type { SessionCleanupFacts } from '../../lib/contracts.js'

const key = 'a key that only this test knows, 32 bytes'
const provider = { type: 'basic', name: 'basic1' }
type Session = Record<string, unknown>

/** A store that keeps its sessions in a private field, and a story of what was said and done. */
function stored (sessions: Record<string, Session>) {
  const story: unknown[] = []
  let refusal: Error | null = null
  class Memory implements SessionStore {
    readonly #sessions = new Map(Object.entries(sessions))
    get (id: string, callback: (error: unknown, session?: Session) => void): void {
      if (id === 'unreadable') return callback(new Error('EIO'))
      if (id === 'throws') throw new Error('EIO')
      const session = this.#sessions.get(id)
      if (session?.expired !== true) return callback(null, session)
      this.destroy(id, () => callback(null, session))
    }

    destroy (id: string, callback: (error?: unknown) => void): void {
      story.push(`destroyed ${id}`)
      this.#sessions.delete(id)
      callback()
    }

    has (id: string): boolean { return this.#sessions.has(id) }
  }
  const logger = {
    async sessionCleanup (said: SessionCleanupFacts) {
      story.push(said)
      if (refusal !== null) throw refusal
    }
  }
  const options: AuditSessionStoreOptions = { provider, key, logger: () => logger, user: ({ user }) => user as never }
  const store = auditSessionStore(new Memory(), options)
  const call = (method: 'destroy' | 'destroyExceeding', id: string): Promise<void> => new Promise((resolve, reject) => store[method](id, error => error ? reject(error) : resolve()))
  return { store, call, story, options, refuse (error: Error) { refusal = error } }
}

test('a session is recorded by hashes, before it goes', async t => {
  const { call, story, store } = stored({ secret_id: { user: { name: 'jane' } }, by_id: { user: { id: 'u_1' } } })
  await call('destroy', 'secret_id')
  await call('destroyExceeding', 'by_id')
  t.strictSame(story, [
    { provider, sessionId: hashValue('secret_id', key), userHash: hashValue('jane', key), reason: 'expired' },
    'destroyed secret_id',
    { provider, sessionId: hashValue('by_id', key), userHash: hashValue('u_1', key), reason: 'concurrent-limit' },
    'destroyed by_id'
  ])
  t.notOk(store.has('secret_id'), 'the store is the one that was given')
})

test('a session of nobody, or that is not there, is not recorded; one that cannot be read is', async t => {
  const { call, story } = stored({ anonymous: { cart: [] } })
  for (const id of ['anonymous', 'gone', 'unreadable', 'throws']) await call('destroy', id)
  t.strictSame(story, ['destroyed anonymous', 'destroyed gone', ...['unreadable', 'throws'].flatMap(id => [{ provider, sessionId: hashValue(id, key), reason: 'expired' }, `destroyed ${id}`])])
})

test('where it cannot be said whose a session was, its event says nobody', async t => {
  const { call, story } = stored({ odd: { get user () { throw new Error('no') } } })
  await call('destroy', 'odd')
  t.strictSame(story, [{ provider, sessionId: hashValue('odd', key), reason: 'expired' }, 'destroyed odd'])
})

test('a store that destroys what it finds expired is recorded once', async t => {
  const { story, call } = stored({ old: { expired: true, user: { name: 'jane' } } })
  await call('destroy', 'old')
  t.equal(story.filter(one => typeof one === 'object').length, 1)
})

test('what cannot be recorded is not removed, where on_failure refuses', async t => {
  const { store, call, refuse, story } = stored({ s: { user: { name: 'jane' } } })
  refuse(new Error('blocked'))
  for (const times of [1, 2]) {
    await t.rejects(call('destroy', 's'), { message: 'blocked' })
    t.equal(story.length, times, 'recorded each time that it is tried')
  }
  t.ok(store.has('s'))
})

test('options that are missing are refused, without the key in the error', async t => {
  const { store, options } = stored({})
  t.throws(() => auditSessionStore(store, options), { message: /audited already/ })
  const plain = (): SessionStore => ({ get () {}, destroy () {} })
  for (const name of ['provider', 'logger', 'user', 'key']) {
    t.throws(() => auditSessionStore(plain(), { ...options, [name]: undefined }), { code: 'AUDIT_ERR_OPTION' }, name)
  }
  t.throws(() => auditSessionStore({} as never, options), { code: 'AUDIT_ERR_OPTION' })
  t.throws(() => auditSessionStore(plain(), { ...options, key: 'short-key' }), { message: /^(?!.*short-key)/ })
})
