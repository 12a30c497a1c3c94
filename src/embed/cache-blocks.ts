import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { fileError } from '../files/failure.js';
import { makeFolder } from '../files/folder.js';
import { writeAll } from '../files/replace.js';

/*
 * What a model made, kept on disk in `<folder>/<fingerprint>/`. Every process appends to segment files of its own and reads
 * everybody's, so there is no lock, and nothing that a killed process could leave locked or half changed.
 *
 * A segment is a row of blocks, one a batch, little-endian:
 *   | magic u32 | rows u32 | size u32 | crc of the body u32 | crc of these 16 bytes u32 |
 *   | sha256 of each text: rows × 32 bytes | what the kind of segment keeps of them |
 * A block is whole or it does not count. What follows a torn header is not read: only the end of a file can be
 * torn, since a segment is never appended to by a second process.
 */

/** A kind of segment. */
export interface BlockKind {
  magic: number;
  /** End of the files' names. */
  extension: string;
  /** Bytes that follow the keys, of so many rows and the size in the header. */
  bytesAfterKeys(rows: number, size: number): number;
}

const HEADER = 20;
export const KEY = 32;
/** Read at a time. */
const CHUNK = 4 << 20;

/** What to do about a cache that can't be written. */
const ADVICE = 'set DENSCAPE_CACHE to another folder';

/** The key of a text, as a string of 32 Latin-1 characters. */
export function textKey(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest().toString('latin1');
}

/** Appends blocks to segments of this process. */
export class SegmentWriter {
  readonly #files = new Map<string, Promise<FileHandle>>();
  // Sessions side by side append at once: one block after the other, all into one segment.
  #last: Promise<unknown> = Promise.resolve();

  /** @param begin called before a segment is made, when the folder is there */
  constructor(
    private readonly home: string,
    private readonly kind: BlockKind,
    private readonly begin: () => Promise<void>,
  ) {}

  /** When it resolves, a killed process no longer loses the block. The segment's name tells what made it (`cpu`, …). */
  append(block: Buffer, provider: string): Promise<void> {
    const segment = this.#files.get(provider) ?? this.#open(provider);
    this.#files.set(provider, segment);
    const appending = this.#last.then(async () => this.#write(await segment, block));
    this.#last = appending.catch(() => {});
    return appending;
  }

  async close(): Promise<void> {
    const closing = [...this.#files.values()];
    this.#files.clear();
    await this.#last;
    for (const file of closing) await (await file.catch(() => undefined))?.close();
  }

  async #open(provider: string): Promise<FileHandle> {
    const unique = `${Date.now().toString(36)}-${process.pid}-${randomBytes(4).toString('hex')}`;
    const name = `${unique}${/^[a-z0-9-]+$/.test(provider) ? `.${provider}` : ''}${this.kind.extension}`;
    for (let tries = 1; ; tries++) {
      try {
        await makeFolder(this.home);
        await this.begin();
        return await open(join(this.home, name), 'ax');
      } catch (error) {
        // `denscape cache clear` may have deleted the folder between two of these steps.
        if (tries === 3) throw fileError(this.home, error, ADVICE);
      }
    }
  }

  /** A block that can't be written whole is taken back, so that later ones don't follow a torn one. */
  async #write(file: FileHandle, block: Buffer): Promise<void> {
    const { size } = await file.stat();
    try {
      await writeAll(file, block);
    } catch (error) {
      await file.truncate(size).catch(() => {});
      throw fileError(this.home, error, ADVICE);
    }
  }
}

/** Paths of the segments in a folder, oldest first; none where there is no folder. */
export async function segmentsIn(home: string, { extension }: BlockKind): Promise<string[]> {
  const names = await readdir(home).catch(() => []);
  return names
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => join(home, name));
}

/** A block of these keys, and what follows them. */
export function encodeBlock(kind: BlockKind, keys: string[], size: number, after: Uint8Array[]): Buffer {
  const block = Buffer.allocUnsafe(HEADER + keys.length * KEY + kind.bytesAfterKeys(keys.length, size));
  for (let row = 0; row < keys.length; row++) block.write(keys[row], HEADER + row * KEY, KEY, 'latin1');
  let at = HEADER + keys.length * KEY;
  for (const part of after) {
    block.set(part, at);
    at += part.length;
  }
  block.writeUInt32LE(kind.magic, 0);
  block.writeUInt32LE(keys.length, 4);
  block.writeUInt32LE(size, 8);
  block.writeUInt32LE(crc32(block.subarray(HEADER)), 12);
  block.writeUInt32LE(crc32(block.subarray(0, 16)), 16);
  return block;
}

export interface Block {
  rows: number;
  size: number;
  keys(): Promise<string[]>;
  /** What follows the keys; undefined where it is damaged. */
  rest(): Promise<Buffer | undefined>;
}

/** The whole blocks of a segment. A file that vanishes (the cache was cleared meanwhile) has none. */
export async function* blocksOf(segment: string, kind: BlockKind): AsyncGenerator<Block> {
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
      if (header.length < HEADER || header.readUInt32LE(0) !== kind.magic) return;
      if (crc32(header.subarray(0, 16)) !== header.readUInt32LE(16)) return;
      const [rows, each, bodyCrc] = [header.readUInt32LE(4), header.readUInt32LE(8), header.readUInt32LE(12)];
      const start = at + HEADER;
      const length = rows * KEY + kind.bytesAfterKeys(rows, each);
      if (start + length > size) return;
      yield {
        rows,
        size: each,
        keys: async () => {
          const keys = (await read(start, rows * KEY)).toString('latin1');
          return Array.from({ length: rows }, (_, row) => keys.slice(row * KEY, (row + 1) * KEY));
        },
        rest: async () => {
          const body = await read(start, length);
          return crc32(body) === bodyCrc ? body.subarray(rows * KEY) : undefined;
        },
      };
      at = start + length;
    }
  } finally {
    await file.close();
  }
}

/** Places of a block's rows whose keys are wanted. */
export async function hitsOf(
  block: Block,
  wanted: ReadonlyMap<string, number>,
): Promise<[place: number, key: string][]> {
  const keys = await block.keys();
  return keys.flatMap((key, place): [number, string][] => (wanted.has(key) ? [[place, key]] : []));
}
