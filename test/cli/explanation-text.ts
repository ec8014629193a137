import { test } from 'tap'
import { explanationText } from '../../lib/cli/explanation-text.js'
import type { ExplainedAppender, Explanation } from '../../lib/explain/explanation.js'

const main: ExplainedAppender = { name: 'main', type: 'file', takes: true, because: 'it is the only appender', routes: [], ignoredBy: [], durability: 'write', onFailure: 'block', fields: [{ where: 'audit.yml:3:5 fields.exclude[0]', rule: {} }], rewrites: [{ where: 'audit.yml:9:5 appenders.plain', rule: {} }], removed: ['user.email', 'labels.a\nb'], hashed: [], changed: ['message'], line: '{}' }
const spare: ExplainedAppender = { ...main, name: 'sp\nare', takes: false, because: 'it is the fallback', line: null }
const explanation: Explanation = { recorded: true, because: 'no rule drops it', kind: 'writes', ignoredBy: [], includedBy: null, keptFor: null, appenders: [main, spare] }

test('an explanation reads from the event to its lines, and nothing in it breaks a line', async t => {
  t.equal(explanationText(explanation), `recorded: no rule drops it (on_failure: writes)
  "main" (file): has it: it is the only appender
    durability: write, on_failure: block
    removed: user.email, "labels.a\\nb"
    changed: message
    by: audit.yml:3:5 fields.exclude[0], audit.yml:9:5 appenders.plain
    {}
  "sp\\nare" (file): does not have it: it is the fallback
`)
  t.equal(explanationText({ ...explanation, recorded: false, appenders: [] }), 'not recorded: no rule drops it (on_failure: writes)\n')
})
