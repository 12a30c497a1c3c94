import { rmSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Watch } from '../progress.js';
import { atExit } from './at-exit.js';
import { draftFor, sweepDrafts } from './drafts.js';
import { fileError, isSystemError } from './failure.js';
import { makeFolder, syncFolder } from './folder.js';

/** Bytes, or characters to be written as UTF-8. */
export type Piece = string | Uint8Array;
export type Write = (piece: Piece) => Promise<void>;

export interface ReplaceOptions extends Pick<Watch, 'signal'> {
  /** What to do about a path that can't be written; see fileError. */
  advice?: string;
}

// Characters or bytes gathered before a write, so that the overhead of the call doesn't count.
const FLUSH_AT = 1 << 20;

/** Writes `pieces` as one file; see replaceFile. */
export async function writeWhole(
  path: string,
  pieces: Iterable<Piece> | AsyncIterable<Piece>,
  options: ReplaceOptions = {},
): Promise<void> {
  await replaceFile(
    path,
    async (write) => {
      for await (const piece of pieces) await write(piece);
    },
    options,
  );
}

/**
 * Lets `fill` write a draft in the folder of `path`, flushes it to the disk and renames it: a reader sees the old file
 * or the whole new one, also after a loss of power; a failure or an abort leaves the old one and no draft. Missing folders
 * are made, the old file's permissions are kept. An error names `path`.
 */
export async function replaceFile(
  path: string,
  fill: (write: Write) => Promise<void>,
  { signal, advice }: ReplaceOptions = {},
): Promise<void> {
  const folder = dirname(resolve(path));
  const draft = draftFor(path);
  const stay = atExit(() => rmSync(draft, { force: true }));
  try {
    await makeFolder(folder);
    await sweepDrafts(folder);
    const mode = await stat(path).then(
      (found) => found.mode & 0o777,
      () => undefined,
    );
    const file = await open(draft, 'wx');
    try {
      await fillDraft(file, fill, signal);
      if (mode !== undefined) await file.chmod(mode).catch(() => {}); // some file systems have none
      await file.sync();
    } catch (error) {
      await file.close().catch(() => {}); // the first error is the one to report
      throw error;
    }
    await file.close();
    signal?.throwIfAborted();
    await renameOver(draft, path);
    await syncFolder(folder);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {});
    throw fileError(path, cause, advice);
  } finally {
    stay();
  }
}

async function fillDraft(
  file: FileHandle,
  fill: (write: Write) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let waiting: string[] = [];
  let length = 0;
  const flush = async () => {
    signal?.throwIfAborted();
    if (length > 0) await writeAll(file, Buffer.from(waiting.join('')));
    waiting = [];
    length = 0;
  };
  await fill(async (piece) => {
    if (typeof piece === 'string') {
      waiting.push(piece);
      length += piece.length;
      if (length >= FLUSH_AT) await flush();
    } else {
      await flush();
      await writeAll(file, piece);
    }
  });
  await flush();
}

/** Writes every byte: a write may take fewer than it was given, which is how a full disk first shows. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at);
    if (bytesWritten === 0) {
      const error = new Error('ENOSPC: the disk took no byte, write');
      throw Object.assign(error, { code: 'ENOSPC', syscall: 'write' });
    }
    at += bytesWritten;
  }
}

/** Brings a file that was written by other means to the disk and gives it its name. */
export async function putInPlace(draft: string, path: string, advice?: string): Promise<void> {
  try {
    const file = await open(draft, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(draft, path);
    await syncFolder(dirname(resolve(path)));
  } catch (cause) {
    throw fileError(path, cause, advice);
  }
}

/** Renames over a file that may be there; on Windows, where a virus scanner may hold it for a moment, repeatedly. */
export async function renameOver(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const isHeld = isSystemError(error) && ['EPERM', 'EACCES', 'EBUSY'].includes(error.code);
      if (process.platform !== 'win32' || !isHeld || tries === 20) throw error;
      await sleep(50);
    }
  }
}
