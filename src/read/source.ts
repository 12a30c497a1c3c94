import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import iconv from 'iconv-lite';
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { note } from './report.js';
import type { TableBuilder } from './table.js';

/** A file opened: its bytes (unpacked where gzipped), and the first of them to look at. */
export interface Source {
  /** The file's name without folders, for messages. */
  name: string;
  head: Buffer;
  /** The head included; to be read once. */
  bytes: AsyncIterable<Buffer>;
}

const CHUNK = 256 * 1024;
const NEWLINE = 10;

/**
 * Opens a file for streaming.
 * @throws UserError where it is missing, a folder, empty, not readable or a damaged gzip.
 */
export async function openSource(path: string, { onProgress, signal }: Watch): Promise<Source> {
  const name = basename(path);
  const info = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw fileError(path, cause);
  });
  if (info.isDirectory())
    throw new UserError(`${path}: a folder, not a file; name a CSV, TSV, JSON Lines or Parquet file`);
  const total = info.isFile() ? info.size : undefined;
  const raw = readRaw(path, total, { onProgress, signal });
  const first = await raw.next();
  if (first.done) throw new UserError(`${path}: the file is empty; expected a header and rows`);
  const whole = chain(first.value, raw);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) return { name, head: first.value, bytes: whole };

  const unpacked = gunzip(whole, path);
  const head = await unpacked.next();
  if (head.done) throw new UserError(`${path}: the file is empty once unpacked; expected a header and rows`);
  return { name, head: head.value, bytes: chain(head.value, unpacked) };
}

/**
 * The bytes as UTF-8 without a byte order mark, checked or converted.
 * @throws UserError with the line of the first bytes that aren't UTF-8, or for an unknown encoding.
 */
export async function* toUtf8(
  source: Source,
  encoding: string | undefined,
  builder: TableBuilder,
): AsyncGenerator<Buffer> {
  const marked = markedEncoding(source.head);
  const chosen = (encoding ?? marked ?? 'utf-8').toLowerCase();
  if (!iconv.encodingExists(chosen)) {
    throw new UserError(
      `encoding "${encoding}": unknown; use a name such as utf-8, utf-16, windows-1252, iso-8859-1, shift_jis or gb18030`,
    );
  }
  if (/^utf-?8$/.test(chosen)) yield* checkedUtf8(source);
  else yield* converted(source, chosen, builder);
}

async function* checkedUtf8({ name, bytes }: Source): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 1;
  let tail: Buffer = Buffer.alloc(0);
  let start = true;
  for await (const chunk of bytes) {
    try {
      decoder.decode(chunk, { stream: true });
    } catch {
      throw invalidBytes(name, Buffer.concat([tail, chunk]), line);
    }
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) line++;
    // A character may be cut by the chunk's end; no newline can lie within it.
    tail = cutCharacter(chunk.length >= 3 ? chunk.subarray(-3) : Buffer.concat([tail, chunk]));
    yield start && hasUtf8Mark(chunk) ? chunk.subarray(3) : chunk;
    start = false;
  }
  try {
    decoder.decode();
  } catch {
    throw invalidBytes(name, tail, line);
  }
}

async function* converted(source: Source, encoding: string, builder: TableBuilder): AsyncGenerator<Buffer> {
  const decoder = iconv.getDecoder(encoding); // drops a byte order mark
  let line = 1;
  for await (const chunk of source.bytes) {
    const text = decoder.write(chunk);
    const at = text.indexOf('\uFFFD');
    if (at >= 0) note(builder.report.replacedBytes, line + newlines(text.slice(0, at)), `not ${encoding}`);
    line += newlines(text);
    if (text.length > 0) yield Buffer.from(text);
  }
  const rest = decoder.end();
  if (rest) yield Buffer.from(rest);
}

function invalidBytes(name: string, bytes: Buffer, firstLine: number): UserError {
  let line = firstLine;
  let start = 0;
  for (;;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const part = bytes.subarray(start, end);
    if (!isUtf8(part) || newline < 0) {
      const byte = part[firstInvalid(part)].toString(16).toUpperCase().padStart(2, '0');
      return new UserError(
        `${name} line ${line}: byte 0x${byte} is not UTF-8; name the file's encoding, for example --encoding windows-1252`,
      );
    }
    start = end;
    line++;
  }
}

function firstInvalid(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)));
    if (length === undefined) return at;
    at += length;
  }
  return Math.max(0, bytes.length - 1);
}

/** The bytes of a last character that isn't whole. */
function cutCharacter(end: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, end.length); back++) {
    const byte = end[end.length - back];
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? Buffer.from(end.subarray(end.length - back)) : Buffer.alloc(0);
    }
  }
  return Buffer.alloc(0);
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

const hasUtf8Mark = (bytes: Buffer) => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

/** The encoding that a byte order mark names, other than UTF-8's. */
export function markedEncoding(head: Buffer): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return head[2] === 0 && head[3] === 0 ? 'utf-32le' : 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return undefined;
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

async function* gunzip(packed: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  const unpack = createGunzip();
  // The callback only keeps a failure from being unhandled: iterating rethrows it.
  pipeline(Readable.from(packed), unpack, () => {});
  try {
    for await (const chunk of unpack) yield chunk;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_')) {
      throw new UserError(
        `${path}: the gzip data is damaged or cut off (${cause.message}); pack the file again`,
      );
    }
    throw cause;
  }
}

async function* chain(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function fileError(path: string, cause: NodeJS.ErrnoException): UserError {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return new UserError(`${path}: no such file`);
  if (cause.code === 'EACCES' || cause.code === 'EPERM')
    return new UserError(`${path}: no permission to read it`);
  if (cause.code === 'EISDIR') return new UserError(`${path}: a folder, not a file`);
  return new UserError(`${path}: cannot be read (${cause.message})`);
}
