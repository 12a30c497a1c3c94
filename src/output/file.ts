import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FailureError, UserError } from '../errors.js';
import type { OnProgress, Watch } from '../progress.js';

// Enough that a write costs more than its call.
const FLUSH_AT = 1 << 20;

/**
 * Streams pieces into a file beside the wanted one, then renames it: readers see the old file or the whole new
 * one, and a failure or an abort leaves nothing behind. Missing folders are made.
 */
export async function writeWhole(
  path: string,
  pieces: Iterable<string> | AsyncIterable<string>,
  { signal }: Watch = {},
): Promise<void> {
  await replaceFile(path, async (draft) => {
    const file = await open(draft, 'wx');
    try {
      let waiting = '';
      const flush = async () => {
        signal?.throwIfAborted();
        await file.write(waiting);
        waiting = '';
      };
      for await (const piece of pieces) {
        waiting += piece;
        if (waiting.length >= FLUSH_AT) await flush();
      }
      await flush();
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Lets `make` write a draft beside `path`, then puts it in its place, or removes it when `make` fails. */
export async function replaceFile(path: string, make: (draft: string) => Promise<void>): Promise<void> {
  const folder = dirname(resolve(path));
  const draft = join(folder, `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`);
  try {
    await mkdir(folder, { recursive: true });
    await make(draft);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {});
    throw writeError(path, cause);
  }
}

function writeError(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  switch (cause.code) {
    case 'ENOSPC':
      return new FailureError(
        `${path}: no space left on the disk; free some, or name another folder with --out`,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(`${path}: no permission to write there; name another folder with --out`);
    case 'EISDIR':
      return new UserError(`${path}: a folder, not a file; name a file`);
    case 'ENOTDIR':
    case 'EEXIST':
      return new UserError(
        `${path}: a part of the path is a file, not a folder; name another folder with --out`,
      );
    default:
      return cause;
  }
}

/** Tells `write` progress about every hundredth of the rows. */
export function rowMeter(total: number, onProgress: OnProgress | undefined): (done: number) => void {
  const step = Math.max(1000, Math.floor(total / 100));
  let next = step;
  return (done) => {
    if (done < next && done < total) return;
    next = done + step;
    onProgress?.({ stage: 'write', done, total, unit: 'rows' });
  };
}
