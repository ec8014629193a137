import { test } from 'tap'
import { createQuestions, type Identity, IdentityOf, type Resolvers } from '../../lib/http/identity.js'
import { createRecurring } from '../../lib/http/recurring.js'

const identity = (resolvers: Resolvers<object>): IdentityOf<object> => new IdentityOf(createQuestions(resolvers, createRecurring()), {})
const now = (of: IdentityOf<object>): Identity => of.now() as Identity

test('an answer is asked for until it is known, and not again', async t => {
  const asked = { user: 0, session: 0, space: 0 }
  const login: { user?: { name: string } } = {}
  const of = identity({
    user: () => { asked.user++; return login.user },
    session: () => { asked.session++; return asked.session > 1 ? 's1' : undefined },
    space: () => { asked.space++; return 'default' }
  })
  t.same(now(of), { user: undefined, kibana: { space_id: 'default', session_id: undefined }, error: undefined })
  t.same(now(of), { user: undefined, kibana: { space_id: 'default', session_id: 's1' } })
  login.user = { name: 'jdoe' }
  const known = now(of)
  t.same(known, { user: { name: 'jdoe' }, kibana: { space_id: 'default', session_id: 's1' } })
  t.equal(now(of), known, 'the same object as long as nothing more is known')
  t.same(asked, { user: 3, session: 2, space: 1 })
})

test('an answer under way is waited for by all, asked for once, and kept', async t => {
  let asked = 0
  let answer!: (user: { name: string } | null) => void
  const of = identity({ user: () => { asked++; return new Promise(resolve => { answer = resolve }) } })
  const [first, second] = [of.now(), of.now()]
  t.ok(first instanceof Promise && second instanceof Promise)
  answer(null)
  t.same([(await first).user, (await second).user], [undefined, undefined])
  const third = of.now()
  answer({ name: 'jdoe' })
  t.same((await third).user, { name: 'jdoe' })
  t.same(now(of).user, { name: 'jdoe' })
  t.equal(asked, 2)
})

test('what a resolver throws is told to the event that met it; the others are not touched, and it is asked again', async t => {
  let fails = true
  const of = identity({
    user: () => { if (fails) throw new Error('database is down'); return { name: 'jdoe' } },
    session: async () => { if (fails) throw new Error('store is down'); return 's1' },
    space: () => 'default'
  })
  t.same(await of.now(), { user: undefined, kibana: { space_id: 'default' }, error: { code: 'AUDIT_ERR_SCOPE', message: 'user: database is down' } })
  fails = false
  t.same(await of.now(), { user: { name: 'jdoe' }, kibana: { space_id: 'default', session_id: 's1' } })
  const hostile = Object.assign(new Error(), { message: { toString () { throw new Error('hostile') } } })
  const odd = identity({ user: (() => 'jdoe') as never, space: (() => ({})) as never, session: () => { throw hostile } })
  t.match(now(odd).error, { message: 'user: expected an object such as { id, name, roles }, got a string' })
  t.match(now(identity({ session: (() => []) as never })).error, { message: 'session: expected a string, got a object' })
})

test('of a user the fields of ECS are kept, as text, and nothing else', async t => {
  const row = { id: 7, name: 'jdoe', email: 'j@example.org', full_name: 'J. Doe', domain: 'd', hash: 'h', roles: ['a', 1], password: 'secret', token: 'secret', constructor: 'x' }
  const { user } = now(identity({ user: () => row as never }))
  t.same(user, { id: '7', name: 'jdoe', email: 'j@example.org', full_name: 'J. Doe', domain: 'd', hash: 'h', roles: ['a', '1'] })
  row.name = 'changed'
  row.roles[0] = 'changed'
  t.equal(user!.name, 'jdoe')
  t.equal(user!.roles![0], 'a')
})

test('text that could not be written is made well-formed', async t => {
  const { user, kibana } = now(identity({ user: () => ({ name: '\ud800' }), session: () => 'x'.repeat(50_000), space: () => '\udc00' }))
  t.equal(user!.name, '\ufffd')
  t.equal(kibana!.session_id!.length, 32_766)
  t.equal(kibana!.space_id, '\ufffd')
})

test('without resolvers there is nothing to know', async t => {
  t.same(now(identity({})), { user: undefined, kibana: undefined })
})

test('a resolver that itself says events does not wait for itself', async t => {
  const of: IdentityOf<object> = identity({
    async user () {
      t.equal(of.isAskingNow(), true)
      t.same(now(of), { user: undefined, kibana: undefined, error: undefined })
      await new Promise(resolve => setImmediate(resolve))
      t.equal(of.isAskingNow(), true)
      t.equal(of.now() instanceof Promise, false)
      t.equal(of.atOnce().error, undefined)
      return { name: 'jdoe' }
    }
  })
  t.equal(of.isAskingNow(), false)
  const known = of.now()
  t.match(of.atOnce().error, { message: 'user: no answer in time' })
  t.same((await known).user, { name: 'jdoe' })
  t.equal(of.isAskingNow(), false)
})
