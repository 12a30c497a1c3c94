import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { pickRows } from '../shapes.js';
import { frameRows } from './frame.js';
import type { NativePackages } from './native.js';
import type { Space } from './products.js';

export type Ort = NativePackages['onnxruntime-node'];

/** Columns of a tile, as inputs of a session. */
export interface Columns {
  feeds: Record<string, Tensor>;
  /** How many there are: a multiple of 8, those beyond the last row with a norm of +∞. */
  wide: number;
}

/** Rows, each at its place, as a session of ONNX Runtime multiplies them. Its inputs are `rows` and those of the columns, its output is `scores`. */
export interface Operands {
  readonly session: InferenceSession;
  /** Lowered squared norms, filled up with +∞ to a multiple of eight. */
  readonly norms: Float32Array;
  /** What a row's products are multiplied by before norms are added. Left out where the session adds the columns' norms itself. */
  readonly factors?: Float32Array;
  /** The row of each place; left out where places are rows. */
  readonly order?: Int32Array;
  /** Places place0 … place0 + count − 1. */
  take(place0: number, count: number): Tensor;
  gather(places: Int32Array): Tensor;
  /** The tile of columns that begins at `column0`. */
  columns(column0: number): Columns;
}

/** What operands are made from. */
export interface Source extends Space {
  readonly ort: Ort;
  /** Rows and columns of a tile, a multiple of 8. */
  readonly side: number;
}

/** Operands in float32. */
export async function floatOperands(
  session: InferenceSession,
  { ort, pool, base, points, frame, side }: Source,
): Promise<Operands> {
  const { rows, cols } = points;
  const { moved, norms } = await frameRows(pool, base, points, frame);
  const tensor = (array: Float32Array, ...shape: number[]) => new ort.Tensor('float32', array, shape);
  return {
    session,
    norms,
    take: (row0, count) => tensor(moved.subarray(row0 * cols, (row0 + count) * cols), count, cols),
    gather(part) {
      return tensor(pickRows({ data: moved, rows, cols }, part).data, part.length, cols);
    },
    columns(column0) {
      const end = Math.min(rows, column0 + side);
      const wide = Math.ceil((end - column0) / 8) * 8;
      let columns = moved.subarray(column0 * cols, end * cols);
      if (end - column0 < wide) {
        const filled = new Float32Array(wide * cols);
        filled.set(columns);
        columns = filled;
      }
      const feeds = {
        columns: tensor(columns, wide, cols),
        norms: tensor(norms.subarray(column0, column0 + wide), wide),
      };
      return { feeds, wide };
    },
  };
}
