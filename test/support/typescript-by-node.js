// Node 22 and 24 leave types out by themselves, without TypeScript: only `.js` in an import has to
// find the `.ts` that it is made from (`.mjs`, `.mts`). CI preloads this there (`TAP_TYPE_STRIP_ONLY`), and each
// test file starts in half the time.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

registerHooks({
  resolve (specifier, context, next) {
    if (!/^\.{1,2}\/.*\.m?js$/.test(specifier) || context.parentURL?.includes('/node_modules/')) return next(specifier, context)
    const source = new URL(specifier.replace(/js$/, 'ts'), context.parentURL)
    return existsSync(fileURLToPath(source)) ? next(source.href, context) : next(specifier, context)
  }
})
