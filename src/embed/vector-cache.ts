import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { viewBytes } from '../binary/bytes.js';
import { fileError } from '../files/failure.js';
import { makeFolder } from '../files/folder.js';
import { writeAll, writeWhole } from '../files/replace.js';

/*
 * Vectors on disk under `<folder>/<fingerprint>/`, whatever made them: both builds of ONNX Runtime, and graphics cards, agree
 * to a cosine of 0.9999 and more, so one may go on where another stopped. Every process appends to a segment file of its own and reads
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
   * Hands the known vectors of `wanted` (key of a text → its row) to `target`, and removes what it found from `wanted`.
   * Returns how many. `cols` is the vectors' width where the model states it; otherwise all have the width that most rows
   * of the cache have. Vectors of another width, or with a number that isn't finite, don't count as known.
   */
  take(wanted: Map<string, number>, target: VectorTarget, options?: TakeOptions): Promise<number>;
  /**
   * Appends a batch: when it resolves, a killed process no longer loses it. The name of this process's segment tells what
   * made its vectors (`cpu`, `wasm`, …).
   */
  append(keys: string[], vectors: Float32Array, provider?: string): Promise<void>;
  close(): Promise<void>;
}

/** Where found vectors go. */
interface VectorTarget {
  set(row: number, vector: Float32Array): void;
}

interface TakeOptions {
  cols?: number;
  /** Called once for a segment with vectors that can't be right. */
  onUnusable?: (segment: string, why: string) => void;
  signal?: AbortSignal;
}

/** What to do about a cache that can't be written. */
const ADVICE = 'set DENSCAPE_CACHE to another folder';

/** The key of a text, as a string of 32 Latin-1 characters. */
export function textKey(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest().toString('latin1');
}

/** Contents of `model.json` in the folder of the segments, for people and for `denscape cache`. */
export type CachedModel = v.InferOutput<typeof CachedModelShape>;
const CachedModelShape = v.object({ id: v.string(), revision: v.string(), dtype: v.string() });

export async function openVectorCache(
  folder: string,
  fingerprint: string,
  model: CachedModel,
): Promise<VectorCache> {
  const home = join(folder, fingerprint);
  const files = new Map<string, Promise<FileHandle>>();
  // Sessions side by side append at once: one block after the other, all into one segment.
  let last: Promise<unknown> = Promise.resolve();

  const openSegment = async (provider: string): Promise<FileHandle> => {
    const unique = `${Date.now().toString(36)}-${process.pid}-${randomBytes(4).toString('hex')}`;
    const name = `${unique}${/^[a-z0-9-]+$/.test(provider) ? `.${provider}` : ''}.seg`;
    for (let tries = 1; ; tries++) {
      try {
        await makeFolder(home);
        await writeWhole(join(home, 'model.json'), [`${JSON.stringify(model, null, 2)}\n`]);
        return await open(join(home, name), 'ax');
      } catch (error) {
        // `denscape cache clear` may have deleted the folder between two of these steps.
        if (tries === 3) throw fileError(home, error, ADVICE);
      }
    }
  };

  return {
    async take(wanted, target, { cols, onUnusable, signal } = {}) {
      const segments = await segmentsOf(home);
      if (segments.length === 0 || wanted.size === 0) return 0;
      const width = cols ?? (await commonWidth(segments, signal));
      let found = 0;
      for (const segment of segments) {
        if (wanted.size === 0) break;
        found += await takeFrom(segment, width, wanted, target, { onUnusable, signal });
      }
      return found;
    },
    append(keys, vectors, provider = '') {
      if (keys.length === 0) return Promise.resolve();
      const segment = files.get(provider) ?? openSegment(provider);
      files.set(provider, segment);
      const block = encodeBlock(keys, vectors);
      const appending = last.then(async () => writeBlock(await segment, block, home));
      last = appending.catch(() => {});
      return appending;
    },
    async close() {
      const closing = [...files.values()];
      files.clear();
      await last;
      for (const file of closing) await (await file.catch(() => undefined))?.close();
    },
  };
}

/** Appends a block; one that can't be written whole is taken back, so that later ones don't follow a torn one. */
async function writeBlock(file: FileHandle, block: Buffer, home: string): Promise<void> {
  const { size } = await file.stat();
  try {
    await writeAll(file, block);
  } catch (error) {
    await file.truncate(size).catch(() => {});
    throw fileError(home, error, ADVICE);
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

/** What made the vectors of a segment, from its name; segments of earlier versions have the native runtime's. */
export const providerOf = (segment: string): string => /\.([a-z0-9-]+)\.seg$/.exec(segment)?.[1] ?? 'native';

/** What `model.json` says; undefined where it is missing or damaged, since only a listing depends on it. */
export async function readCachedModel(home: string): Promise<CachedModel | undefined> {
  try {
    const text = await readFile(join(home, 'model.json'), 'utf8');
    const checked = v.safeParse(CachedModelShape, JSON.parse(text));
    return checked.success ? checked.output : undefined;
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
  block.set(viewBytes(vectors), HEADER + keys.length * KEY);
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

/** The whole blocks of a segment. A file that vanishes (the cache was cleared meanwhile) has none. */
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

/** The width that most rows in the segments have, read from the blocks' headers; 0 where there are none. */
async function commonWidth(segments: string[], signal?: AbortSignal): Promise<number> {
  const rowsOf = new Map<number, number>();
  for (const segment of segments) {
    for await (const { header } of blocksOf(segment)) {
      signal?.throwIfAborted();
      rowsOf.set(header.cols, (rowsOf.get(header.cols) ?? 0) + header.rows);
    }
  }
  let [width, most] = [0, 0];
  for (const [cols, rows] of rowsOf) if (rows > most) [width, most] = [cols, rows];
  return width;
}

async function takeFrom(
  segment: string,
  width: number,
  wanted: Map<string, number>,
  target: VectorTarget,
  { onUnusable, signal }: TakeOptions,
): Promise<number> {
  let found = 0;
  let why: string | undefined;
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
    if (cols !== width || cols === 0) {
      why ??= `vectors of ${cols} numbers, where the model's have ${width}`;
      continue;
    }
    for (const [place, key] of hits) {
      const row = wanted.get(key);
      if (row === undefined) continue; // twice in one block
      const vector = new Float32Array(cols);
      const start = rows * KEY + place * cols * 4;
      for (let col = 0; col < cols; col++) vector[col] = body.readFloatLE(start + col * 4);
      if (!vector.every(Number.isFinite)) {
        why ??= 'vectors with numbers that are not finite';
        continue;
      }
      target.set(row, vector);
      wanted.delete(key);
      found++;
    }
  }
  if (why !== undefined) onUnusable?.(segment, why);
  return found;
}
