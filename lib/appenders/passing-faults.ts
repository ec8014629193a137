// Which reasons for not opening a file may pass by themselves, and which are mistakes that somebody
// has to correct. Asked by kept-file.ts at the start.

const MAY_PASS = new Set([
  'ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'ENOMEM', 'EBUSY', 'EAGAIN', 'EINTR', 'ESTALE', 'ETIMEDOUT',
  'ENODEV', 'ENXIO', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH', 'ECONNREFUSED', 'ECONNRESET', 'EREMOTEIO'
])

export function mayPass (error: unknown): boolean {
  return MAY_PASS.has((error as NodeJS.ErrnoException).code ?? '')
}
