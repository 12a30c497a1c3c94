import { frameRows } from './frame.js';
import type { NativePackages } from './native.js';
import type { Space } from './products.js';

export type Ort = NativePackages['onnxruntime-node'];

/**
 * Rows as ONNX Runtime multiplies them, each at its place: plain data, in memory that threads share. Tiles of columns begin at
 * multiples of `side`; the last one is filled up to a multiple of eight columns with a norm of +∞.
 */
export interface Operands {
  readonly kind: 'float' | 'bytes';
  readonly rows: number;
  readonly cols: number;
  /** Rows and columns of a tile, a multiple of 8. */
  readonly side: number;
  /** Place after place: float32, or integers from 1 to 255 of which 128 stands for zero. */
  readonly data: Float32Array | Uint8Array;
  /** Of bytes: the same tile after tile, column after column, from −127 to 127. */
  readonly tiles?: Int8Array;
  /** Of bytes: what a column's sums are multiplied by. */
  readonly scales?: Float32Array;
  /** Lowered squared norms, filled up with +∞ to a multiple of eight. */
  readonly norms: Float32Array;
  /** Of bytes: what a row's products are multiplied by before norms are added. Of float32 the session adds the columns' norms. */
  readonly factors?: Float32Array;
  /** The row of each place; left out where places are rows. */
  readonly order?: Int32Array;
}

/** An array of zeros in memory that threads share. */
export function sharedArray<T extends Float32Array | Uint8Array | Int8Array>(
  type: { new (buffer: SharedArrayBuffer): T; BYTES_PER_ELEMENT: number },
  length: number,
): T {
  return new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
}

/** Operands in float32. */
export async function floatOperands({ pool, base, points, frame }: Space, side: number): Promise<Operands> {
  const { rows, cols } = points;
  const data = sharedArray(Float32Array, rows * cols);
  const { norms } = await frameRows(pool, base, points, frame, data);
  return { kind: 'float', rows, cols, side, data, norms };
}

/** Some rows of operands in float32, whose places are rows; `order` tells the row of each place. */
export function someOf({ data, norms, cols }: Operands, side: number, order: Int32Array): Operands {
  const rows = order.length;
  const ordered = sharedArray(Float32Array, rows * cols);
  const ofPlaces = new Float32Array(Math.ceil(rows / 8) * 8).fill(Number.POSITIVE_INFINITY);
  for (let place = 0; place < rows; place++) {
    const from = order[place] * cols;
    ordered.set(data.subarray(from, from + cols), place * cols);
    ofPlaces[place] = norms[order[place]];
  }
  return { kind: 'float', rows, cols, side, data: ordered, norms: ofPlaces, order };
}
