import {
  blockId,
  blockOfRow,
  joinParts,
  type Manifest,
  unpackDecimals,
  unpackNeighbors,
  unpackStrings,
} from '../format.js';

const DIGITS = new Uint8Array(128);
for (const [value, digit] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries())
  DIGITS[digit.charCodeAt(0)] = value;

/** What newer browsers do themselves, several times faster. */
interface NativeBase64 {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}

/** Base64 in one pass; `atob` would make a string of it first. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native: NativeBase64 = Uint8Array as NativeBase64;
  if (native.fromBase64) return native.fromBase64(text);
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    const four =
      (DIGITS[text.charCodeAt(i)] << 18) |
      (DIGITS[text.charCodeAt(i + 1)] << 12) |
      (DIGITS[text.charCodeAt(i + 2) & 127] << 6) |
      DIGITS[text.charCodeAt(i + 3) & 127];
    bytes[at++] = four >> 16;
    bytes[at++] = four >> 8; // writes past the end of the array (padding) are ignored
    bytes[at++] = four;
  }
  return bytes;
}

/** Resolves when the whole file has been read: blocks behind the script are there then. */
const wholePage = () =>
  new Promise<void>((resolve) => {
    if (document.readyState === 'loading')
      document.addEventListener('DOMContentLoaded', () => resolve(), { once: true });
    else resolve();
  });

/** Without a Blob or a Response between: Chromium failed to read back large ones where memory files are small. */
async function gunzip(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter();
  // Errors of the writing side surface on the reading side too.
  writer.write(packed).catch(() => {});
  writer.close().catch(() => {});
  // The last four bytes of gzip are the length of what it holds.
  const length = new DataView(packed.buffer).getUint32(packed.length - 4, true);
  const bytes = new Uint8Array(length);
  const reader = readable.getReader();
  for (let at = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes.set(value, at);
    at += value.length;
  }
}

/** The bytes of a block; empty when the page has none by that name. */
export async function readBytes(id: string): Promise<Uint8Array> {
  if (!document.getElementById(id)) await wholePage();
  const holder = document.getElementById(id);
  if (!holder) return new Uint8Array(0);
  return gunzip(fromBase64(holder.textContent.trim()));
}

export async function readManifest(): Promise<Manifest> {
  return JSON.parse(new TextDecoder().decode(await readBytes(blockId.manifest)));
}

export const readFloats = async (id: string) => new Float32Array((await readBytes(id)).buffer as ArrayBuffer);
export const readDoubles = async (id: string) =>
  new Float64Array((await readBytes(id)).buffer as ArrayBuffer);
/** Numbers of seven significant digits. */
export const readDecimals = async (id: string) => unpackDecimals(await readBytes(id));
export const readIntegers = async (id: string) => new Int32Array((await readBytes(id)).buffer as ArrayBuffer);

/** Strings by row; a block is decoded when one of its strings is first requested. */
export class Strings {
  readonly #blocks = new Map<number, Promise<string[]>>();
  readonly #ready = new Map<number, string[]>();

  constructor(
    readonly firstRows: readonly number[],
    private readonly id: (block: number) => string,
  ) {}

  block(index: number): Promise<string[]> {
    let strings = this.#blocks.get(index);
    if (!strings) {
      strings = readBytes(this.id(index)).then((bytes) => {
        const all = bytes.length > 0 ? unpackStrings(bytes) : [];
        this.#ready.set(index, all);
        return all;
      });
      this.#blocks.set(index, strings);
    }
    return strings;
  }

  async at(row: number): Promise<string> {
    const index = blockOfRow(this.firstRows, row);
    return (await this.block(index))[row - this.firstRows[index]] ?? '';
  }

  /** The string when its block is decoded already. */
  peek(row: number): string | undefined {
    const index = blockOfRow(this.firstRows, row);
    return this.#ready.get(index)?.[row - this.firstRows[index]];
  }
}

/** Strings by row, wherever they come from. */
export type RowStrings = Pick<Strings, 'firstRows' | 'block' | 'at' | 'peek'>;

/** Texts that are made of columns' cells; the columns' blocks begin at the same rows. */
export class JoinedStrings implements RowStrings {
  readonly #blocks = new Map<number, Promise<string[]>>();

  constructor(
    readonly firstRows: readonly number[],
    private readonly columns: readonly RowStrings[],
  ) {}

  block(index: number): Promise<string[]> {
    let texts = this.#blocks.get(index);
    if (!texts) {
      texts = Promise.all(this.columns.map((column) => column.block(index))).then(([first, ...others]) =>
        first.map((cell, i) => joinParts([cell, ...others.map((cells) => cells[i])])),
      );
      this.#blocks.set(index, texts);
    }
    return texts;
  }

  async at(row: number): Promise<string> {
    return joinParts(await Promise.all(this.columns.map((column) => column.at(row))));
  }

  peek(row: number): string | undefined {
    const cells = this.columns.map((column) => column.peek(row));
    return cells.every((cell) => cell !== undefined) ? joinParts(cells) : undefined;
  }
}

export interface Neighbor {
  row: number;
  distance: number;
}

/** The shipped neighbours, decoded block by block. */
export class Neighbors {
  readonly #blocks = new Map<number, Promise<ReturnType<typeof unpackNeighbors>>>();

  constructor(
    private readonly rows: number,
    private readonly shape: Manifest['neighbors'],
  ) {}

  async of(row: number): Promise<Neighbor[]> {
    const { count, blocks } = this.shape;
    if (count === 0) return [];
    const index = blockOfRow(blocks, row);
    let block = this.#blocks.get(index);
    if (!block) {
      block = readBytes(blockId.neighbors(index)).then((bytes) => unpackNeighbors(bytes, this.rows));
      this.#blocks.set(index, block);
    }
    const from = (row - blocks[index]) * count;
    const unpacked = await block;
    const indices = unpacked.indices.subarray(from, from + count);
    const distances = unpacked.distances.subarray(from, from + count);
    return Array.from(indices, (neighbor, i) => ({ row: neighbor, distance: distances[i] })).filter(
      (neighbor) => neighbor.row >= 0,
    );
  }
}
