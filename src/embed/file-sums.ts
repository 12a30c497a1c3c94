import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { cacheFolder } from '../cache-folder.js';
import { writeWhole } from '../files/replace.js';

/** A larger file's checksum is remembered; a smaller one is read as quickly as a note about it. */
const REMEMBERED_FROM = 1 << 20;
/**
 * Milliseconds. A file that changed this shortly before it was read could change again without another time of
 * change, so its checksum is not remembered.
 */
const SETTLED = 50;

const Note = v.object({
  /** What the file system said of the file when it was read. */
  state: v.string(),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

/**
 * A file's sha256. It is computed once and kept under the file's size, times of change and inode; any write to the
 * file changes one of them.
 */
export async function rememberedSum(path: string, signal?: AbortSignal): Promise<string> {
  const before = await stat(path, { bigint: true });
  if (before.size < REMEMBERED_FROM) return sha256Of(path, signal);
  const state = [before.size, before.mtimeNs, before.ctimeNs, before.ino, before.dev].join(' ');
  const key = createHash('sha256').update(path).digest('hex').slice(0, 32);
  const note = join(cacheFolder(), 'sums', `${key}.json`);
  const known = await readNote(note);
  if (known?.state === state) return known.sha256;
  const start = Date.now();
  const sha256 = await sha256Of(path, signal);
  const isSettled = Number(before.ctimeNs / 1_000_000n) < start - SETTLED;
  // A cache that can't be written is no reason to fail.
  if (isSettled) await writeWhole(note, [JSON.stringify({ state, sha256 })]).catch(() => {});
  return sha256;
}

async function readNote(note: string): Promise<v.InferOutput<typeof Note> | undefined> {
  try {
    const checked = v.safeParse(Note, JSON.parse(await readFile(note, 'utf8')));
    return checked.success ? checked.output : undefined;
  } catch {
    return undefined; // missing or damaged: the file is read again
  }
}

/** A file's sha256, read now. */
export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await feed(path, [hash], signal);
  return hash.digest('hex');
}

/** Puts a file's content into hashes. */
export async function feed(path: string, hashes: Hash[], signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    for (const hash of hashes) hash.update(chunk as Buffer);
  }
}

/** One checksum of several. */
export const combined = (sums: string[]): string =>
  createHash('sha256').update(sums.join('\n')).digest('hex');
