// The page at `/` and what it is made of: three files, read once. Registered by app.js.
import { readFileSync } from 'node:fs'

const FILES = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/page.js', file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/page.css', file: 'page.css', type: 'text/css; charset=utf-8' }
]

/** Nothing but the page's own files and its own API; not to be framed. The icon is an empty `data:` address. */
const POLICY = 'default-src \'none\'; script-src \'self\'; style-src \'self\'; img-src data:; connect-src \'self\'; form-action \'none\'; base-uri \'none\'; frame-ancestors \'none\''

export async function pageRoutes (app) {
  for (const { path, file, type } of FILES) {
    const content = readFileSync(new URL(`../page/${file}`, import.meta.url))
    app.get(path, async (request, reply) => {
      return reply
        .type(type)
        .headers({ 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-cache' })
        .send(content)
    })
  }
}
