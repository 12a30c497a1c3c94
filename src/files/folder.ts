import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isSystemError } from './failure.js';

/**
 * Makes a folder and those above it that are missing.
 *
 * Node's own `recursive` never returns for a folder below /proc, where a parent exists and yet nothing can be made:
 * so each level is made by a call of its own.
 */
export async function makeFolder(path: string): Promise<void> {
  for (const folder of await missingFolders(path)) {
    try {
      await mkdir(folder);
    } catch (error) {
      // Another process may have made it since.
      if (!isSystemError(error) || error.code !== 'EEXIST' || !(await isFolder(folder))) throw error;
    }
  }
}

/** The folders that would have to be made for `path` to be one, outermost first. */
export async function missingFolders(path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let at = resolve(path); !(await isFolder(at)); at = dirname(at)) missing.unshift(at);
  return missing;
}

/** False if nothing exists at the path; throws if a part of the path is a file. */
async function isFolder(path: string): Promise<boolean> {
  let found: Awaited<ReturnType<typeof stat>>;
  try {
    found = await stat(path);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT' && dirname(path) !== path) return false;
    throw error;
  }
  if (found.isDirectory()) return true;
  const error = new Error(`ENOTDIR: not a directory, mkdir '${path}'`);
  throw Object.assign(error, { code: 'ENOTDIR', syscall: 'mkdir', path });
}

/** Error codes of file systems that can't flush a folder to the disk. */
const NO_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EBADF', 'EISDIR', 'EPERM', 'EACCES', 'ENOSYS']);

/** Flushes a folder's entries (what was renamed, made or deleted in it) to the disk, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // has no such call
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!isSystemError(error) || !NO_SYNC.has(error.code)) throw error;
  }
}
