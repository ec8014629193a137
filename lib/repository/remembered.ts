// Which results have been recorded already, so that what hands them on does not record them
// again. Called by run.ts.
import { isObject } from './object-reference.js'

/** Remembers a result and its lists: a finder may hand out the page that it was given, its list of objects, or a copy around that list. */
export function remember (recorded: WeakSet<object>, result: unknown): void {
  if (!isObject(result)) return
  for (const part of [result, ...listsIn(result)]) recorded.add(part)
}

/** True for a result that has been recorded, or one of whose lists has. */
export function isRemembered (recorded: WeakSet<object>, result: unknown): boolean {
  return isObject(result) && [result, ...listsIn(result)].some((part) => recorded.has(part))
}

function listsIn (result: object): object[] {
  return Array.isArray(result) ? [] : Object.values(result).filter((value) => Array.isArray(value))
}
