import { test } from 'tap'
import { coerce, substitute } from '../../lib/config/environment.js'

const environment = { NAME: 'audit', EMPTY: '', NESTED: '$' + '{NAME}', REPLACEMENT: '$& $1' }
/** `${name}`, kept apart from template strings. */
const reference = (name: string) => '$' + `{${name}}`

test('variables are put in anywhere in a text, as often as they are named', async (t) => {
  const written = `/var/${reference('NAME')}/${reference('NAME')}.log`
  t.same(substitute(written, environment), { value: '/var/audit/audit.log', written, whole: false, faults: [] })
  t.same(substitute(reference('NAME'), environment), { value: 'audit', written: reference('NAME'), whole: true, faults: [] })
})

test('a text without a reference and what is not text stay what they are', async (t) => {
  for (const value of ['plain', '$NAME', '${', '${}', reference('1'), reference('a-b'), '$', 7, true, null, undefined]) {
    t.same(substitute(value, environment), { value, whole: false, faults: [] }, String(value))
  }
})

test('variables that are not set are named, all of them', async (t) => {
  const result = substitute(`${reference('ONE')}-${reference('NAME')}-${reference('TWO')}`, environment)
  t.match(result.faults, [/variable ONE to be set, got nothing for \$\{ONE\}$/, /variable TWO to be set/])
  t.equal(result.faults.length, 2)
  t.equal(substitute(reference('toString'), environment).faults.length, 1, 'what every object inherits is not a variable')
})

test('a default stands in for a variable that is not set, as in Kibana', async (t) => {
  t.equal(substitute(reference('MISSING:fallback'), environment).value, 'fallback')
  t.equal(substitute(reference('NAME:fallback'), environment).value, 'audit')
  t.equal(substitute(reference('EMPTY:fallback'), environment).value, '', 'an empty variable is set')
})

test('a default that cannot be one is a fault, not a folder of that name, and is not shown', async (t) => {
  for (const unfit of ['MISSING:/var/log', 'NAME:-audit', 'MISSING:', 'MISSING:a b', 'MISSING:' + '$' + '{NAME']) {
    const { faults } = substitute(`${reference(unfit)}/audit.log`, environment)
    t.same(faults, [`expected a default of letters, digits and underscores, got another one in ${reference(unfit.split(':')[0] + ':…')}`], unfit)
  }
})

test('the value of a variable is taken literally', async (t) => {
  t.equal(substitute(reference('NESTED'), environment).value, reference('NAME'), 'not substituted again')
  t.equal(substitute(reference('REPLACEMENT'), environment).value, '$& $1', 'not a replacement pattern')
})

test('text becomes a boolean or a number where one is wanted and it looks like one', async (t) => {
  t.equal(coerce('true', 'boolean'), true)
  t.equal(coerce('false', 'boolean'), false)
  t.equal(coerce('7', 'integer'), 7)
  t.equal(coerce('-1.5', 'number'), -1.5)
  t.equal(coerce('yes', 'boolean'), 'yes')
  t.equal(coerce('', 'integer'), '')
  t.equal(coerce('0x10', 'integer'), '0x10')
  t.equal(coerce('7', 'string'), '7')
})
