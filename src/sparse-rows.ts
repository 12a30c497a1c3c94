import type { SparseRows } from './shapes.js';

/** One sparse vector, ids ascending. */
export interface SparseRow {
  ids: Uint32Array;
  weights: Float32Array;
}

/** Row `row`, as views. */
export function sparseRow({ starts, ids, weights }: SparseRows, row: number): SparseRow {
  const [from, to] = [starts[row], starts[row + 1]];
  return { ids: ids.subarray(from, to), weights: weights.subarray(from, to) };
}

/** Rows one after the other. */
export function joinSparse(rows: readonly SparseRow[]): SparseRows {
  const starts = new Uint32Array(rows.length + 1);
  for (const [row, { ids }] of rows.entries()) starts[row + 1] = starts[row] + ids.length;
  const ids = new Uint32Array(starts[rows.length]);
  const weights = new Float32Array(ids.length);
  for (const [row, one] of rows.entries()) {
    ids.set(one.ids, starts[row]);
    weights.set(one.weights, starts[row]);
  }
  return { starts, ids, weights };
}

/** A copy of some rows, in the order given. */
export const pickSparse = (sparse: SparseRows, rows: Int32Array): SparseRows =>
  joinSparse(Array.from(rows, (row) => sparseRow(sparse, row)));

/** A row of the largest weight that each id has. */
export function largestOf(entries: Iterable<readonly [id: number, weight: number]>): SparseRow {
  const largest = new Map<number, number>();
  for (const [id, weight] of entries) {
    const known = largest.get(id);
    // Not `>`, so that a weight that is no number stays to be found.
    if (known === undefined || !(weight <= known)) largest.set(id, weight);
  }
  const ids = Uint32Array.from(largest.keys()).sort();
  return { ids, weights: Float32Array.from(ids, (id) => largest.get(id) ?? 0) };
}

/** Sum of the products of two rows' weights. */
export function sparseProduct(a: SparseRow, b: SparseRow): number {
  let sum = 0;
  for (let i = 0, j = 0; i < a.ids.length && j < b.ids.length; ) {
    if (a.ids[i] === b.ids[j]) sum += a.weights[i++] * b.weights[j++];
    else if (a.ids[i] < b.ids[j]) i++;
    else j++;
  }
  return sum;
}
