import {
  blockId,
  blockOfRow,
  joinParts,
  type Manifest,
  unpackDecimals,
  unpackNeighbors,
  unpackStrings,
} from '../format.js';
import { fromPlanes, unpackIntegers } from '../numbers.js';
import { unpacked } from './unpacked.js';

/** Resolves when the whole file has been read: blocks behind the script are there then. */
const wholePage = () =>
  new Promise<void>((resolve) => {
    if (document.readyState === 'loading')
      document.addEventListener('DOMContentLoaded', () => resolve(), { once: true });
    else resolve();
  });

/** The bytes of a block; empty when the page has none by that name. */
export async function readBytes(id: string): Promise<Uint8Array> {
  if (!document.getElementById(id)) await wholePage();
  const holder = document.getElementById(id);
  if (!holder) return new Uint8Array(0);
  return unpacked(holder);
}

export async function readManifest(): Promise<Manifest> {
  return JSON.parse(new TextDecoder().decode(await readBytes(blockId.manifest)));
}

export const readFloats = async (id: string) => new Float32Array(fromPlanes(await readBytes(id), 4).buffer);
export const readDoubles = async (id: string) => new Float64Array(fromPlanes(await readBytes(id), 8).buffer);
/** Numbers of seven significant digits. */
export const readDecimals = async (id: string) => unpackDecimals(await readBytes(id));
export const readIntegers = async (id: string) => unpackIntegers(await readBytes(id));

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
    private readonly id = blockId.neighbors,
  ) {}

  async of(row: number): Promise<Neighbor[]> {
    const { count, blocks } = this.shape;
    if (count === 0) return [];
    const index = blockOfRow(blocks, row);
    let block = this.#blocks.get(index);
    if (!block) {
      block = readBytes(this.id(index)).then((bytes) => unpackNeighbors(bytes, this.rows));
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
