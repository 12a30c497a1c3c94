import type { FileHandle } from 'node:fs/promises';
import { viewBytes } from '../binary/bytes.js';
import { ElementType, tensorElsewhere } from '../binary/onnx.js';
import { turn } from '../breathe.js';
import type { Constant } from './encoder-graph.js';
import type { TensorReader } from './tensor-reader.js';

/** Rows of a table that are read at a time. */
const TABLE_ROWS = 4096;

/** Names of a matrix in 8 bits and of the scale of each of its columns, or rows. */
export interface Quantized {
  values: string;
  scales: string;
}

/** Rows of a matrix whose largest weights are spread over copies: so many, or a share of all. */
const SPREAD_ROWS = 16;
const SPREAD_SHARE = 1 / 96;
/** Copies of such a row: with them a weight may be nine times as large as its column's scale allows otherwise. */
const SPREAD_COPIES = 8;

/** The file of a graph's weights: each is read from the original's, made smaller and written; one matrix at most is in memory. */
export class WeightFile {
  /** What the graph says of them. */
  readonly initializers: Buffer[] = [];
  #offset = 0;
  #names = 0;

  constructor(
    readonly reader: TensorReader,
    readonly data: FileHandle,
    /** Name of the file, as the graph states it. */
    readonly location: string,
    /** Whether matrices are stored with 128 added. */
    readonly isUnsigned: boolean,
  ) {}

  /** A matrix in 8 bits, with a scale per column; rows of `split` are zero where they stand, and follow `parts` times each. */
  async matrix(constant: Constant, split: number[] = [], parts = 0): Promise<Quantized> {
    const numbers = await this.reader.whole(constant);
    const [first, second] = constant.tensor.dimensions;
    const [rows, cols] = constant.isTransposed ? [second, first] : [first, second];
    const scales = new Float32Array(cols);
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++) {
        scales[col] = Math.max(scales[col], Math.abs(numbers[row * cols + col]));
      }
    }
    for (let col = 0; col < cols; col++) scales[col] = scales[col] === 0 ? 1 : scales[col] / 127;
    const zero = this.isUnsigned ? 128 : 0;
    const height = rows + split.length * parts;
    const bytes = new Uint8Array(height * cols);
    for (let at = 0, row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++, at++) bytes[at] = Math.round(numbers[at] / scales[col]) + zero;
    }
    for (const [place, row] of split.entries()) {
      const own = bytes.subarray(row * cols, (row + 1) * cols);
      const first = rows + place * parts;
      for (let part = 0; part < parts; part++) bytes.set(own, (first + part) * cols);
      own.fill(zero);
    }
    await turn();
    const type = this.isUnsigned ? ElementType.uint8 : ElementType.int8;
    return {
      values: await this.#put(bytes, type, [height, cols]),
      scales: await this.store(scales),
    };
  }

  /**
   * A matrix in 8 bits, with a scale per column that leaves out the few rows with the largest weights for their columns: one weight may be
   * 40 times as large as the column's usual one. What such a row exceeds the scale by is in copies of it, which follow the matrix;
   * `copies` are the rows that they are of. Sums stay exact.
   */
  async spreadMatrix(constant: Constant): Promise<Quantized & { copies: number[] }> {
    const numbers = await this.reader.whole(constant);
    const [first, second] = constant.tensor.dimensions;
    const [rows, cols] = constant.isTransposed ? [second, first] : [first, second];
    const largest = largestRows(numbers, rows, cols);
    const isLarge = new Uint8Array(rows);
    for (const row of largest) isLarge[row] = 1;
    const scales = new Float32Array(cols);
    for (let at = 0, row = 0; row < rows; row++) {
      const copies = isLarge[row] ? 1 + SPREAD_COPIES : 1;
      for (let col = 0; col < cols; col++, at++)
        scales[col] = Math.max(scales[col], Math.abs(numbers[at]) / copies);
    }
    for (let col = 0; col < cols; col++) scales[col] = scales[col] === 0 ? 1 : scales[col] / 127;
    const zero = this.isUnsigned ? 128 : 0;
    const copies = largest.flatMap((row) => new Array<number>(SPREAD_COPIES).fill(row));
    const bytes = new Uint8Array((rows + copies.length) * cols).fill(zero);
    const placeOf = new Map(largest.map((row, place) => [row, rows + place * SPREAD_COPIES]));
    for (let at = 0, row = 0; row < rows; row++) {
      const extra = placeOf.get(row);
      for (let col = 0; col < cols; col++, at++) {
        let rest = Math.round(numbers[at] / scales[col]);
        const own = Math.max(-127, Math.min(127, rest));
        bytes[at] = own + zero;
        rest -= own;
        for (let copy = 0; rest !== 0 && extra !== undefined && copy < SPREAD_COPIES; copy++) {
          const part = Math.max(-127, Math.min(127, rest));
          bytes[(extra + copy) * cols + col] = part + zero;
          rest -= part;
        }
      }
    }
    await turn();
    const type = this.isUnsigned ? ElementType.uint8 : ElementType.int8;
    return {
      values: await this.#put(bytes, type, [rows + copies.length, cols]),
      scales: await this.store(scales),
      copies,
    };
  }

  /** A table in 8 bits, with a scale per row. */
  async table(table: Constant, signal?: AbortSignal): Promise<Quantized> {
    const [rows, cols] = table.tensor.dimensions;
    const scales = new Float32Array(rows);
    const name = `w${this.#names++}`;
    const start = await this.#align();
    for (let from = 0; from < rows; from += TABLE_ROWS) {
      signal?.throwIfAborted();
      const count = Math.min(TABLE_ROWS, rows - from);
      const numbers = await this.reader.rows(table, from, count);
      const bytes = new Int8Array(count * cols);
      for (let row = 0; row < count; row++) {
        let size = 0;
        for (let at = row * cols; at < (row + 1) * cols; at++) size = Math.max(size, Math.abs(numbers[at]));
        const scale = size === 0 ? 1 : size / 127;
        scales[from + row] = scale;
        for (let at = row * cols; at < (row + 1) * cols; at++) bytes[at] = Math.round(numbers[at] / scale);
      }
      await this.#append(new Uint8Array(bytes.buffer));
      await turn();
    }
    const place = { location: this.location, offset: start, length: rows * cols };
    this.initializers.push(tensorElsewhere(name, ElementType.int8, [rows, cols], place));
    return { values: name, scales: await this.store(scales, [rows, 1]) };
  }

  /** Numbers in float32, in the shape that they have. */
  async floats(constant: Constant): Promise<string> {
    return this.store(await this.reader.whole(constant), constant.tensor.dimensions);
  }

  store(numbers: Float32Array, dimensions = [numbers.length]): Promise<string> {
    return this.#put(viewBytes(numbers), ElementType.float, dimensions);
  }

  async #put(bytes: Uint8Array, type: ElementType, dimensions: number[]): Promise<string> {
    const name = `w${this.#names++}`;
    const offset = await this.#align();
    await this.#append(bytes);
    const place = { location: this.location, offset, length: bytes.length };
    this.initializers.push(tensorElsewhere(name, type, dimensions, place));
    return name;
  }

  /** Starts the next numbers at a multiple of a cache line. */
  async #align(): Promise<number> {
    await this.#append(new Uint8Array((64 - (this.#offset % 64)) % 64));
    return this.#offset;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.data.write(bytes, at);
      at += bytesWritten;
    }
    this.#offset += bytes.length;
  }
}

/** Rows with the weights that are largest for their columns, measured by the columns' spread; ascending. */
function largestRows(numbers: Float32Array, rows: number, cols: number): number[] {
  const squares = new Float64Array(cols);
  for (let at = 0; at < numbers.length; at++) squares[at % cols] += numbers[at] ** 2;
  const reach = new Float64Array(rows);
  for (let at = 0, row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++, at++)
      if (squares[col] > 0) reach[row] = Math.max(reach[row], numbers[at] ** 2 / squares[col]);
  }
  const order = Array.from(reach.keys()).sort((a, b) => reach[b] - reach[a] || a - b);
  return order.slice(0, Math.min(SPREAD_ROWS, Math.ceil(rows * SPREAD_SHARE))).sort((a, b) => a - b);
}
