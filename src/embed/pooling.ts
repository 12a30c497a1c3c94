import { halvesToFloats } from '../binary/halves.js';
import type { Pooling } from './options.js';

/** Token vectors as a session returns them: `rows × tokens × cols`, row-major; float32, or the bits of halves. */
export interface TokenVectors {
  data: Float32Array | Uint16Array;
  rows: number;
  tokens: number;
  cols: number;
}

/**
 * One vector of unit length a row. Padding stands on the right and never counts. Sums are taken in float64 and in
 * the order of the tokens, so that a row's vector does not depend on how far its batch is padded.
 */
export function poolRows(vectors: TokenVectors, lengths: Int32Array, pooling: Pooling): Float32Array {
  const { data, rows, tokens, cols } = vectors;
  const out = new Float32Array(rows * cols);
  const sum = new Float64Array(cols);
  for (let row = 0; row < rows; row++) {
    const start = row * tokens;
    const length = lengths[row];
    if (pooling === 'mean' || pooling === 'max') {
      const read = floatsOf(data, start * cols, (start + length) * cols);
      sum.fill(pooling === 'mean' ? 0 : -Infinity);
      for (let at = 0; at < read.length; at += cols) {
        if (pooling === 'mean') for (let col = 0; col < cols; col++) sum[col] += read[at + col];
        else for (let col = 0; col < cols; col++) sum[col] = Math.max(sum[col], read[at + col]);
      }
      if (pooling === 'mean') for (let col = 0; col < cols; col++) sum[col] /= length;
    } else {
      // cls: the first token; last: the last one; none: the graph returned one "token" per row.
      const token = pooling === 'last' ? start + length - 1 : start;
      sum.set(floatsOf(data, token * cols, (token + 1) * cols));
    }
    normalizeInto(sum, out, row * cols);
  }
  return out;
}

/** The numbers from `start` to before `end`, as float32; no others are converted. */
const floatsOf = (data: Float32Array | Uint16Array, start: number, end: number): Float32Array =>
  data instanceof Float32Array ? data.subarray(start, end) : halvesToFloats(data.subarray(start, end));

/** Writes `vector` at unit length; zeros stay zeros. */
export function normalizeInto(vector: ArrayLike<number>, out: Float32Array, offset: number): void {
  let squares = 0;
  for (let col = 0; col < vector.length; col++) squares += vector[col] * vector[col];
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let col = 0; col < vector.length; col++) out[offset + col] = vector[col] * scale;
}
