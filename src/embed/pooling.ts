import type { Pooling } from './options.js';

/** Token vectors as a session returns them: `rows × tokens × cols`, row-major. */
export interface TokenVectors {
  data: Float32Array;
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
    const start = row * tokens * cols;
    const length = lengths[row];
    if (pooling === 'mean') {
      sum.fill(0);
      for (let at = start; at < start + length * cols; at += cols) {
        for (let col = 0; col < cols; col++) sum[col] += data[at + col];
      }
      for (let col = 0; col < cols; col++) sum[col] /= length;
    } else if (pooling === 'max') {
      sum.fill(-Infinity);
      for (let at = start; at < start + length * cols; at += cols) {
        for (let col = 0; col < cols; col++) sum[col] = Math.max(sum[col], data[at + col]);
      }
    } else {
      // cls: the first token; last: the last one; none: the graph returned one "token" per row.
      const at = pooling === 'last' ? start + (length - 1) * cols : start;
      for (let col = 0; col < cols; col++) sum[col] = data[at + col];
    }
    normalizeInto(sum, out, row * cols);
  }
  return out;
}

/** Writes `vector` at unit length; zeros stay zeros. */
export function normalizeInto(vector: ArrayLike<number>, out: Float32Array, offset: number): void {
  let squares = 0;
  for (let col = 0; col < vector.length; col++) squares += vector[col] * vector[col];
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let col = 0; col < vector.length; col++) out[offset + col] = vector[col] * scale;
}
