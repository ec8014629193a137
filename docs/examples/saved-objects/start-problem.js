// What whoever started the application is told when it could not be: what is wrong, and what
// to do where that is known. Called by server.js.

/**
 * @param {Error & { code?: string, errors?: Error[] }} error
 * @param {{ host: string, port: string }} wanted where it was to listen
 */
export function startProblem (error, { host, port }) {
  if (error.code === 'EADDRINUSE') return `Port ${port} of ${host} is taken (EADDRINUSE). Choose another: PORT=3001 npm start; PORT=0 takes any that is free.`
  if (error.code === 'ERR_SOCKET_BAD_PORT') return `PORT: expected a number from 0 to 65535, got "${port}"`
  // A name with several addresses fails once for each of them, and the whole has no message.
  const reasons = error.errors?.map(({ message }) => message).join('; ')
  const reason = error.message || reasons || String(error)
  return error.code === 'ECONNREFUSED' ? `The database that DATABASE_URL names does not answer: ${reason}` : reason
}
