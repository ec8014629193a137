// What a JSON Schema cannot say of a rule such as those of `ignore_filters`, wherever one stands:
// that the patterns in it compile. Listed by schema.ts and appenders.ts.
import { ignoreFilterFaults } from '../trail/filter.js'
import { EACH, type SettingCheck } from './validate.js'

/** The checks of the rules that `path` leads to. */
export function ruleChecks (...path: SettingCheck['path']): SettingCheck[] {
  return (['users', 'paths'] as const).map(key => ({
    path: [...path, key, EACH],
    fault: text => ignoreFilterFaults([{ [key]: [String(text)] }])[0]?.message ?? null
  }))
}
