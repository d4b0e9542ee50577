import { UserError } from './user-error.ts';

/** Codes of errno(3) for states of the machine that the user can change. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EEXIST: 'a file has its name',
  EISDIR: 'it is a folder',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the quota is used up',
  EBUSY: 'it is in use, as a mount point is',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
};

/** The error to throw where `path` cannot be written; an error that the user cannot act on stays as it is. */
export function writeError(path: string, error: unknown): unknown {
  return fileError('written', path, error, 'make it writable, or name another place');
}

/** The error to throw where `path` cannot be read; an error that the user cannot act on stays as it is. */
export function readError(path: string, error: unknown): unknown {
  return fileError('read', path, error, 'correct the file or its permissions');
}

function fileError(done: 'written' | 'read', path: string, error: unknown, fix: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' && done === 'read' ? 'it does not exist' : REASONS[code];
  return reason ? new UserError(`${path} cannot be ${done}: ${reason}`, { fix, cause: error }) : error;
}
