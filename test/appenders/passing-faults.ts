import { test } from 'tap'
import { mayPass } from '../../lib/appenders/passing-faults.js'

test('a full disk may pass, a mistake does not', async t => {
  for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'ESTALE', 'ETIMEDOUT', 'EBUSY']) t.ok(mayPass(Object.assign(new Error(), { code })), code)
  for (const code of ['EISDIR', 'ENOTDIR', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ELOOP', 'AUDIT_ERR_FILE_IN_USE']) t.notOk(mayPass(Object.assign(new Error(), { code })), code)
  t.notOk(mayPass(new Error('it is a directory')))
})
