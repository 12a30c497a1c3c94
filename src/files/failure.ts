import { FailureError, UserError } from '../errors.js';

/** Default advice for a path that can't be written. */
const ELSEWHERE = 'name another folder with --out';

/**
 * A system error about a file as one line with the path, the reason and the fix; anything else unchanged.
 *
 * `advice`: what to do about a path that can't be written.
 */
export function fileError(path: string, cause: unknown, advice = ELSEWHERE): unknown {
  if (!isSystemError(cause)) return cause;
  const disk = { code: 'DISK_FAILED', file: path, cause } as const;
  const unwritable = { code: 'OUTPUT_UNWRITABLE', file: path, cause } as const;
  switch (cause.code) {
    case 'ENOSPC':
      return new FailureError(`${path}: no space left on the disk; free some, or ${advice}`, disk);
    case 'EDQUOT':
      return new FailureError(`${path}: the disk quota is used up; free some of it, or ${advice}`, disk);
    case 'EIO':
      return new FailureError(`${path}: the disk reports an error (EIO); check it, or ${advice}`, disk);
    case 'EMFILE':
      return new FailureError(
        `${path}: this process has too many files open (EMFILE); raise the limit (ulimit -n) and run again`,
        disk,
      );
    case 'ENFILE':
      return new FailureError(
        `${path}: this machine has too many files open (ENFILE); close some programs and run again`,
        disk,
      );
    case 'EFBIG':
      return new FailureError(`${path}: larger than a file may be here (EFBIG); ${advice}`, disk);
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${path}: no permission to write there; ${advice}`, unwritable);
    case 'EROFS':
      return new UserError(`${path}: the disk is read-only; ${advice}`, unwritable);
    case 'EISDIR':
      return new UserError(`${path}: a folder, not a file; move it away, or ${advice}`, unwritable);
    case 'ENOTDIR':
    case 'EEXIST':
      return new UserError(`${path}: a part of the path is a file, not a folder; ${advice}`, unwritable);
    case 'ENOENT':
      return new UserError(`${path}: no such folder, and none can be made there; ${advice}`, unwritable);
    case 'ENAMETOOLONG':
      return new UserError(`${path}: the name is longer than the disk allows; ${advice}`, unwritable);
    case 'ELOOP':
      return new UserError(`${path}: symbolic links that lead to themselves; ${advice}`, unwritable);
    default:
      return new FailureError(`${path} can't be written: ${cause.message}; ${advice}`, disk);
  }
}

/** Whether an error came from the operating system, as `node:fs` reports it. */
export function isSystemError(cause: unknown): cause is NodeJS.ErrnoException & { code: string } {
  return cause instanceof Error && 'syscall' in cause && 'code' in cause && typeof cause.code === 'string';
}
