// The packages that only some appenders need: optional peer dependencies, loaded when such an
// appender is opened.
import { AUDIT_ERR_PACKAGE } from '../errors.js'
import { messageOf } from '../layouts/plain.js'

/**
 * Loads a package that the application installs by itself.
 *
 * @param name as npm knows it
 * @param type of the appender that needs it
 * @param load `() => import(name)`, so that its types are known
 * @throws {AUDIT_ERR_PACKAGE} (as a rejection) it is not installed, or cannot be loaded; says how to install it
 */
export async function loadPeer<Module> (name: string, type: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    const [message = ''] = messageOf(cause).split('\n', 1)
    // Not what is missing in its own dependencies.
    const reason = message.startsWith(`Cannot find package '${name}'`) ? 'it is not installed' : message
    throw new AUDIT_ERR_PACKAGE(`an appender of type ${JSON.stringify(type)} needs the package ${name}, which cannot be loaded: ${reason}. Install it beside fastify-audit: npm install ${name}`, { cause })
  }
}
