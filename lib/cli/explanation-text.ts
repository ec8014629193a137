// An explanation as a few lines for people. Called by explain.ts.
import type { ExplainedAppender, Explanation } from '../explain/explanation.js'

/** The text, with a line feed at its end. What the settings or the event hold is one line each. */
export function explanationText ({ recorded, because, kind, appenders }: Explanation): string {
  return [`${recorded ? 'recorded' : 'not recorded'}: ${because} (on_failure: ${kind})`, ...appenders.flatMap(linesOf)].map(line => `${line}\n`).join('')
}

function linesOf ({ name, type, takes, because, durability, onFailure, fields: rules, rewrites, removed, hashed, changed, line }: ExplainedAppender): string[] {
  const title = `  ${JSON.stringify(name)} (${type}): ${takes ? 'has it' : 'does not have it'}: ${because}`
  if (line === null) return [title]
  const fields = Object.entries({ removed, hashed, changed }).flatMap(([what, paths]) => paths.length === 0 ? [] : [`    ${what}: ${paths.map(printable).join(', ')}`])
  const by = [...rules, ...rewrites].map(({ where }) => where)
  return [title, `    durability: ${durability}, on_failure: ${onFailure}`, ...fields, ...by.length === 0 ? [] : [`    by: ${by.join(', ')}`], `    ${line}`]
}

/** The names of fields are whatever an application says. */
const printable = (path: string): string => /^[\w.@-]+$/.test(path) ? path : JSON.stringify(path)
