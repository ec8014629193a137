// How bulk methods run: item after item, each with its own outcome, so that one bad item does
// not undo the others. Called by the repository.
import { badRequest, SavedObjectsError } from './errors.js'

/** Items of one call. */
const MAX_ITEMS = 10_000

/**
 * Returns what `change` returned for each item, or in its place what was wrong with it.
 * Anything but the repository's own errors ends the whole call.
 *
 * @template {{ type: string, id: string }} Item
 * @template Result
 * @param {readonly Item[]} items
 * @param {(item: Item) => Promise<Result>} change
 */
export async function bulk (items, change) {
  if (items.length > MAX_ITEMS) throw badRequest(`At most ${MAX_ITEMS} objects can be handled at once`)
  /** @type {(Result | { type: string, id: string, error: ReturnType<SavedObjectsError['toItem']> })[]} */
  const results = []
  for (const item of items) {
    try {
      results.push(await change(item))
    } catch (error) {
      if (!(error instanceof SavedObjectsError)) throw error
      results.push({ type: item.type, id: item.id, error: error.toItem() })
    }
  }
  return { saved_objects: results }
}
