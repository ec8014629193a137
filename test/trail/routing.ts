import { test } from 'tap'
import { createRouting, trailWays } from '../../lib/trail/routing.js'
import type { Routes } from '../../lib/trail/routes.js'
import type { Rewrite } from '../../lib/trail/ways.js'

const rewrites: Rewrite[] = [{ name: 'r', appenders: ['a', 'spare'], policy: { type: 'meta', mode: 'remove', properties: [] } }]

function routingOf (names: string[], routes: Routes, fallback?: string): ReturnType<typeof createRouting> {
  const through = rewrites.filter(({ name }) => names.includes(name))
  return createRouting({
    ways: trailWays(names, through, fallback),
    routes,
    route: () => null,
    fallback,
    line: (name, through) => ({ layout: () => [name, ...through.map(rewrite => rewrite.name)].join(' ') }),
    lastRung () {}
  })
}

test('each name leads to its lines, and the fallback has its own, through the same rewrites', async t => {
  const { ways, unrouted } = routingOf(['a', 'b', 'r', 'spare'], [], 'spare')
  const linesOf = (name: string): unknown => ways!.get(name)!.map(({ to, line, instead }) => [to, line.layout({} as never, {}), instead.layout({} as never, {})])
  t.same(linesOf('a'), [['a', 'a', 'spare']])
  t.same(linesOf('r'), [['a', 'a r', 'spare r'], ['spare', 'spare r', 'spare r']])
  t.same(unrouted, ['b', 'r'])
  t.equal(routingOf(['a'], []).ways!.get('a')![0]!.instead.layout({} as never, {}), 'a')
})

test('whether the fallback has events of its own: by a route, or through a rewrite', async t => {
  const match = { outcomes: ['failure' as const] }
  t.equal(routingOf(['a', 'spare'], [], 'spare').routesToFallback, false)
  t.equal(routingOf(['a', 'spare'], [{ match, appenders: ['spare'] }], 'spare').routesToFallback, true)
  t.equal(routingOf(['a', 'r', 'spare'], [], 'spare').routesToFallback, true)
  t.equal(routingOf(['a', 'spare'], []).routesToFallback, false)
})
