import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { UserError } from '../errors.js';
import { nearestName } from '../options/nearest.js';
import type { Watch } from '../progress.js';
import { inputError } from './input-error.js';

/** A file opened: its bytes (unpacked where compressed), and the first of them to look at. */
export interface Source {
  /** The file's name without folders, for messages. */
  name: string;
  head: Buffer;
  /** Whether the file is compressed. */
  packed: boolean;
  /** The head included; to be read once. */
  bytes: AsyncIterable<Buffer>;
}

const CHUNK = 256 * 1024;
/** Bytes that a compressed file may unpack to: a small file can hold endless zeros. */
const MOST_UNPACKED = 16 * 1024 ** 3;

/**
 * Opens a file for streaming.
 * @throws UserError where it is missing, a folder, empty, not readable, or damaged where it is compressed.
 */
export async function openSource(
  path: string,
  { onProgress, signal }: Watch,
  name = basename(path),
): Promise<Source> {
  const info = await stat(path).catch(async (cause: NodeJS.ErrnoException) => {
    throw fileError(path, cause, await nearFile(path));
  });
  if (info.isDirectory())
    throw inputError(
      'INPUT_UNREADABLE',
      { source: path },
      'a folder, not a file; name a CSV, TSV, JSON Lines or Parquet file',
    );
  const total = info.isFile() ? info.size : undefined;
  const raw = readRaw(path, total, { onProgress, signal });
  const first = await raw.next();
  if (first.done) {
    throw inputError('INPUT_EMPTY', { source: name }, 'the file is empty; expected a header and rows');
  }
  const whole = chain(first.value, raw);
  const unpack = unpackerOf(first.value);
  if (!unpack) return { name, head: first.value, packed: false, bytes: whole };

  const unpacked = bounded(unpack(whole, name), name);
  const head = await unpacked.next();
  if (head.done) {
    throw inputError(
      'INPUT_EMPTY',
      { source: name },
      'the file is empty once unpacked; expected a header and rows',
    );
  }
  return { name, head: head.value, packed: true, bytes: chain(head.value, unpacked) };
}

type Unpacker = (packed: AsyncIterable<Buffer>, name: string) => AsyncGenerator<Buffer>;

/** By the first bytes rather than the name. */
function unpackerOf(head: Buffer): Unpacker | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return gunzip;
  if (head.subarray(0, 4).equals(ZSTD)) return unzstd;
  return undefined;
}

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

async function* bounded(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > MOST_UNPACKED) {
      throw inputError(
        'INPUT_TOO_LARGE',
        { source: name },
        `unpacks to more than ${MOST_UNPACKED / 1024 ** 3} GiB, which is the most that is read`,
      );
    }
    yield chunk;
  }
}

async function* readRaw(path: string, total: number | undefined, { onProgress, signal }: Watch) {
  let done = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
      signal?.throwIfAborted();
      done += chunk.length;
      onProgress?.({ stage: 'read', done, total, unit: 'bytes' });
      yield chunk as Buffer; // no encoding was given, so chunks are buffers
    }
  } catch (cause) {
    if (signal?.aborted || !(cause instanceof Error)) throw cause;
    throw fileError(path, cause);
  }
}

async function* gunzip(packed: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const unpack = createGunzip();
  // The callback only keeps a failure from being unhandled: iterating rethrows it.
  pipeline(Readable.from(packed), unpack, () => {});
  try {
    for await (const chunk of unpack) yield chunk;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_')) {
      throw inputError(
        'INPUT_UNREADABLE',
        { source: name },
        `the gzip data is damaged or cut off (${cause.message}); pack the file again`,
        cause,
      );
    }
    throw cause;
  }
}

/** Node 20 has no Zstandard of its own. The package is loaded here: most runs need none that unpacks. */
async function* unzstd(packed: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd');
  let out: Buffer[] = [];
  const unpack = new Decompress((chunk) => {
    if (chunk.length > 0) out.push(Buffer.from(chunk));
  });
  const take = (): Buffer[] => {
    const taken = out;
    out = [];
    return taken;
  };
  const push = (chunk: Uint8Array, last: boolean) => {
    try {
      unpack.push(chunk, last);
    } catch (cause) {
      throw inputError(
        'INPUT_UNREADABLE',
        { source: name },
        `the zstd data is damaged or cut off (${cause instanceof Error ? cause.message : cause}); pack the file again`,
        cause,
      );
    }
  };
  for await (const chunk of packed) {
    push(chunk, false);
    yield* take();
  }
  push(new Uint8Array(), true);
  yield* take();
}

async function* chain(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** What to try where a file is missing: the file of that folder whose name is most like it; empty where none is. */
async function nearFile(path: string): Promise<string> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return `; there is no folder ${folder}`;
  const near = nearestName(
    basename(path),
    names.filter((name) => !name.startsWith('.')),
  );
  return near === undefined ? '' : `; did you mean "${join(folder, near)}"?`;
}

/** `hint` follows where the file is missing. */
export function fileError(path: string, cause: NodeJS.ErrnoException, hint = ''): UserError {
  const refused = (code: 'INPUT_MISSING' | 'INPUT_UNREADABLE', what: string) =>
    inputError(code, { source: path }, what, cause);
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
    return refused('INPUT_MISSING', `no such ${/[\\/]$/.test(path) ? 'folder' : 'file'}${hint}`);
  }
  if (cause.code === 'EACCES' || cause.code === 'EPERM')
    return refused('INPUT_UNREADABLE', 'no permission to read it');
  if (cause.code === 'EISDIR') return refused('INPUT_UNREADABLE', 'a folder, not a file');
  return refused('INPUT_UNREADABLE', `cannot be read (${cause.message})`);
}
