import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/*
 * Vectors on disk under `<folder>/<fingerprint>/`. Every process appends to a segment file of its own and reads
 * everybody's, so there is no lock, and nothing that a killed process could leave locked or half changed.
 *
 * A segment is a row of blocks, one a batch, little-endian:
 *   | magic u32 | rows u32 | cols u32 | crc of the body u32 | crc of these 16 bytes u32 |
 *   | sha256 of each text: rows × 32 bytes | vectors: rows × cols f32 |
 * A block is whole or it does not count. What follows a torn header is not read: only the end of a file can be
 * torn, since a segment is never appended to by a second process.
 */
const MAGIC = 0x31_56_53_44; // "DSV1"
const HEADER = 20;
const KEY = 32;
/** Read at a time. */
const CHUNK = 4 << 20;

export interface VectorCache {
  /**
   * Copies the known vectors of `wanted` (key of a text → its row) into `into`, row-major, and removes what it
   * found from `wanted`. Answers how many.
   */
  take(wanted: Map<string, number>, target: VectorTarget, signal?: AbortSignal): Promise<number>;
  /** Appends a batch: when it resolves, a killed process no longer loses it. */
  append(keys: string[], vectors: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/** Where found vectors go; told the dimension before the first. */
interface VectorTarget {
  set(row: number, vector: Float32Array): void;
}

/** The key of a text, as a string of 32 Latin-1 characters. */
export function textKey(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest().toString('latin1');
}

/** Said in `model.json` beside the segments, for people and for `denscape cache`. */
export interface CachedModel {
  id: string;
  revision: string;
  dtype: string;
}

export async function openVectorCache(
  folder: string,
  fingerprint: string,
  model: CachedModel,
): Promise<VectorCache> {
  const home = join(folder, fingerprint);
  let file: Promise<FileHandle> | undefined;
  // Sessions side by side append at once: one block after the other, all into one segment.
  let last: Promise<unknown> = Promise.resolve();

  const openSegment = async (): Promise<FileHandle> => {
    await mkdir(home, { recursive: true });
    const note = join(home, 'model.json');
    const draft = `${note}.${process.pid}.${randomBytes(4).toString('hex')}`;
    await writeFile(draft, `${JSON.stringify(model, null, 2)}\n`);
    await rename(draft, note);
    const name = `${Date.now().toString(36)}-${process.pid}-${randomBytes(4).toString('hex')}.seg`;
    return open(join(home, name), 'ax');
  };

  return {
    async take(wanted, target, signal) {
      let found = 0;
      for (const segment of await segmentsOf(home)) {
        if (wanted.size === 0) break;
        found += await takeFrom(segment, wanted, target, signal);
      }
      return found;
    },
    append(keys, vectors) {
      if (keys.length === 0) return Promise.resolve();
      file ??= openSegment();
      const segment = file;
      const block = encodeBlock(keys, vectors);
      const appending = last.then(async () => writeBlock(await segment, block));
      last = appending.catch(() => {});
      return appending;
    },
    async close() {
      const closing = file;
      file = undefined;
      await last;
      await (await closing?.catch(() => undefined))?.close();
    },
  };
}

async function writeBlock(file: FileHandle, block: Buffer): Promise<void> {
  for (let written = 0; written < block.length; ) {
    written += (await file.write(block, written, block.length - written)).bytesWritten;
  }
}

/** Paths of the segments in a folder, oldest first; none where there is no folder. */
export async function segmentsOf(home: string): Promise<string[]> {
  const names = await readdir(home).catch(() => []);
  return names
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .map((name) => join(home, name));
}

/** What `model.json` says, or undefined. */
export async function readCachedModel(home: string): Promise<CachedModel | undefined> {
  try {
    return JSON.parse(await readFile(join(home, 'model.json'), 'utf8')) as CachedModel;
  } catch {
    return undefined;
  }
}

/** Rows in a segment, counted from its headers. */
export async function countRows(segment: string): Promise<number> {
  let rows = 0;
  for await (const { header } of blocksOf(segment)) rows += header.rows;
  return rows;
}

function encodeBlock(keys: string[], vectors: Float32Array): Buffer {
  const cols = vectors.length / keys.length;
  const block = Buffer.allocUnsafe(HEADER + keys.length * (KEY + cols * 4));
  for (let row = 0; row < keys.length; row++) block.write(keys[row], HEADER + row * KEY, KEY, 'latin1');
  const bytes = Buffer.from(vectors.buffer, vectors.byteOffset, vectors.byteLength);
  bytes.copy(block, HEADER + keys.length * KEY);
  block.writeUInt32LE(MAGIC, 0);
  block.writeUInt32LE(keys.length, 4);
  block.writeUInt32LE(cols, 8);
  block.writeUInt32LE(crc32(block.subarray(HEADER)), 12);
  block.writeUInt32LE(crc32(block.subarray(0, 16)), 16);
  return block;
}

interface Block {
  header: { rows: number; cols: number; bodyCrc: number };
  body(): Promise<Buffer>;
  keys(): Promise<Buffer>;
}

/** The whole blocks of a segment. A file that vanishes (somebody cleared the cache) has none. */
async function* blocksOf(segment: string): AsyncGenerator<Block> {
  const file = await open(segment, 'r').catch(() => undefined);
  if (!file) return;
  try {
    const { size } = await file.stat();
    let chunk = Buffer.alloc(0);
    let chunkStart = 0;
    const read = async (start: number, length: number): Promise<Buffer> => {
      if (start < chunkStart || start + length > chunkStart + chunk.length) {
        const buffer = Buffer.allocUnsafe(Math.min(Math.max(CHUNK, length), size - start));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
        chunk = buffer.subarray(0, bytesRead);
        chunkStart = start;
      }
      return chunk.subarray(start - chunkStart, start - chunkStart + length);
    };
    for (let at = 0; at + HEADER <= size; ) {
      const header = await read(at, HEADER);
      if (header.length < HEADER || header.readUInt32LE(0) !== MAGIC) return;
      if (crc32(header.subarray(0, 16)) !== header.readUInt32LE(16)) return;
      const [rows, cols, bodyCrc] = [header.readUInt32LE(4), header.readUInt32LE(8), header.readUInt32LE(12)];
      const start = at + HEADER;
      const length = rows * (KEY + cols * 4);
      if (start + length > size) return;
      yield {
        header: { rows, cols, bodyCrc },
        keys: () => read(start, rows * KEY),
        body: () => read(start, length),
      };
      at = start + length;
    }
  } finally {
    await file.close();
  }
}

async function takeFrom(
  segment: string,
  wanted: Map<string, number>,
  target: VectorTarget,
  signal?: AbortSignal,
): Promise<number> {
  let found = 0;
  for await (const block of blocksOf(segment)) {
    signal?.throwIfAborted();
    const { rows, cols, bodyCrc } = block.header;
    const keys = (await block.keys()).toString('latin1');
    const hits: [place: number, key: string][] = [];
    for (let place = 0; place < rows; place++) {
      const key = keys.slice(place * KEY, (place + 1) * KEY);
      if (wanted.has(key)) hits.push([place, key]);
    }
    if (hits.length === 0) continue;
    const body = await block.body();
    if (crc32(body) !== bodyCrc) continue;
    for (const [place, key] of hits) {
      const row = wanted.get(key);
      if (row === undefined) continue; // twice in one block
      const vector = new Float32Array(cols);
      const start = rows * KEY + place * cols * 4;
      for (let col = 0; col < cols; col++) vector[col] = body.readFloatLE(start + col * 4);
      target.set(row, vector);
      wanted.delete(key);
      found++;
    }
  }
  return found;
}
