// What a JSON Schema cannot say of a rule such as those of `ignore_filters` and of `fields`, wherever
// one stands: that the patterns in it compile, and that its fields can be missed. Listed by schema.ts and appenders.ts.
import { fieldFault } from '../trail/fields/settings.js'
import { ignoreFilterFaults } from '../trail/filter.js'
import { EACH, type SettingCheck } from './validate.js'

/** The checks of the rules that `path` leads to. */
export function ruleChecks (...path: SettingCheck['path']): SettingCheck[] {
  return (['users', 'paths'] as const).map(key => ({
    path: [...path, key, EACH],
    fault: text => ignoreFilterFaults([{ [key]: [String(text)] }])[0]?.message ?? null
  }))
}

/** The checks of the lists of `fields` that `path` leads to. */
export function fieldChecks (...path: SettingCheck['path']): SettingCheck[] {
  return (['include', 'exclude', 'hash'] as const).flatMap(list => [
    { path: [...path, list, EACH, 'fields', EACH], fault: field => fieldFault(list, String(field)) },
    ...ruleChecks(...path, list, EACH, 'when')
  ])
}
