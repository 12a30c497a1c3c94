import { rmSync } from 'node:fs';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.js';
import { isSystemError } from './failure.js';
import { makeFolder } from './folder.js';

export interface LockOptions {
  signal?: AbortSignal;
  /** Called once if another process has the lock. */
  onWait?: () => void;
}

/** The part of fs-native-extensions that is used; the package has no types. */
interface NativeLocks {
  /** Whether this open file now has the lock; false while another open file has it. */
  tryLock(descriptor: number): boolean;
}

let native: NativeLocks | null | undefined;

/** null on platforms for which the package brings no build, such as Alpine Linux. */
function openLocks(): NativeLocks | null {
  if (native !== undefined) return native;
  try {
    native = createRequire(import.meta.url)('fs-native-extensions') as NativeLocks;
  } catch {
    native = null;
  }
  return native;
}

/**
 * Runs `work` while no other process (and no other call in this one) runs work under the same path.
 *
 * The lock is the operating system's on the file `path`, so it ends with its process, however that ends: there is no
 * stale lock to judge. The file is deleted afterwards. `work` is called with false where the platform or the
 * file system has no locks; then other processes may run work at the same time.
 */
export async function withLock<T>(
  path: string,
  work: (isExclusive: boolean) => Promise<T>,
  { signal, onWait }: LockOptions = {},
): Promise<T> {
  await makeFolder(dirname(path));
  let file: FileHandle | 'unknown' | undefined;
  for (let waited = false; ; waited = true) {
    signal?.throwIfAborted();
    file = await acquire(path);
    if (file !== undefined) break;
    if (!waited) onWait?.();
    await sleep(50, undefined, { signal }).catch(() => {}); // an abort throws above, with its reason
  }
  if (file === 'unknown') return work(false);
  const stay = atExit(() => rmSync(path, { force: true }));
  try {
    return await work(true);
  } finally {
    stay();
    // Deleted while still locked: a process that opened it before detects that the path has another file now.
    await rm(path, { force: true }).catch(() => {});
    await file.close();
  }
}

/** The open file that has the lock; undefined while another has it, `unknown` where there are no locks. */
async function acquire(path: string): Promise<FileHandle | 'unknown' | undefined> {
  const locks = openLocks();
  if (!locks) return 'unknown';
  let file: FileHandle;
  try {
    file = await open(path, 'a+');
  } catch (error) {
    // On Windows, a file that is being deleted can't be opened for a moment.
    if (process.platform === 'win32' && isSystemError(error) && error.code === 'EPERM') return undefined;
    throw error;
  }
  try {
    if (locks.tryLock(file.fd)) {
      const [mine, found] = await Promise.all([
        file.stat({ bigint: true }),
        stat(path, { bigint: true }).catch(() => undefined),
      ]);
      if (found?.ino === mine.ino && found.dev === mine.dev) return file;
      // The owner before deleted the file between our opening and locking it.
    }
  } catch (error) {
    await file.close();
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (NO_LOCKS.has(String(code))) {
      await rm(path, { force: true });
      return 'unknown';
    }
    throw error;
  }
  await file.close();
  return undefined;
}

/** Error codes of file systems without locks. */
const NO_LOCKS = new Set(['ENOLCK', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'ENOSYS']);
