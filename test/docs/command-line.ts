// docs/command-line.md: the usage that it shows is what the command prints, and its calls are usable.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { USAGE } from '../../lib/cli/usage.js'

const ROOT = join(import.meta.dirname, '../..')
const page = readFileSync(join(ROOT, 'docs/command-line.md'), 'utf8')

test('the page shows the usage as it is printed', async t => {
  t.equal(/^```text\n([\s\S]*?)^```$/m.exec(page)?.[1], USAGE)
  t.ok(USAGE.split('\n').every(line => line.length <= 100), 'no line is too long for a terminal')
})

test('every command has a section, and the README names it', async t => {
  const commands = [...new Set([...USAGE.matchAll(/^ {2}([a-z-]+) </gm)].map(([, name]) => name!))]
  t.same([...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading), commands)
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  for (const command of commands) t.match(readme, `\`${command === 'check-config' ? 'npx fastify-audit check-config audit.yml' : command}`)
})

test('links lead to pages and headings that are there', async t => {
  for (const [link, file = '', anchor] of page.matchAll(/\]\(([\w/-]+\.md)(?:#([^)]*))?\)/g)) {
    const headings = [...readFileSync(join(ROOT, 'docs', file), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(/[`.,:]/g, '').replaceAll(' ', '-'))
    t.ok(anchor === undefined || headings.includes(anchor), link)
  }
})
