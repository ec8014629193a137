// What the repository throws, and what stands in the place of an item of a bulk result. The
// audited wrapper recognises a refusal by its status 401 or 403; Fastify answers with the
// status that the error carries.

const NAMES = /** @type {const} */ ({ 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 409: 'Conflict' })

/** An error with an HTTP status. Its `name` is the status in words. */
export class SavedObjectsError extends Error {
  /**
   * @param {keyof typeof NAMES} statusCode
   * @param {string} message
   */
  constructor (statusCode, message) {
    super(message)
    this.name = NAMES[statusCode]
    this.statusCode = statusCode
  }

  /** The form in which it stands in a bulk result. */
  toItem () {
    return { statusCode: this.statusCode, error: this.name, message: this.message }
  }
}

/** @param {string} type @param {string} id */
export const notFound = (type, id) => new SavedObjectsError(404, `Saved object [${type}/${id}] not found`)

/** @param {string} type @param {string} id */
export const conflict = (type, id) => new SavedObjectsError(409, `Saved object [${type}/${id}] conflict`)

/** @param {string} message */
export const badRequest = (message) => new SavedObjectsError(400, message)

/** @param {string} message */
export const forbidden = (message) => new SavedObjectsError(403, message)
