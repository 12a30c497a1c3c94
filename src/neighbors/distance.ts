import type { Matrix } from '../shapes.js';

// Euclidean distance on the host. Kernels give the same numbers (assembly/neighbors/distance.ts).

/**
 * Squared distance of `cols` numbers of `a` from place i and of `b` from place j: in float64, summed from the first column to
 * the last.
 */
export function squaredDistance(
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  cols: number,
): number {
  let sum = 0;
  for (const end = i + cols; i < end; i++, j++) {
    const difference = a[i] - b[j];
    sum += difference * difference;
  }
  return sum;
}

/** Distance of rows a and b, rounded to float32, as lists of neighbours hold it. */
export function pairDistance(data: Float32Array, cols: number, a: number, b: number): number {
  return Math.fround(Math.sqrt(squaredDistance(data, a * cols, data, b * cols, cols)));
}

/** The given rows but `row` itself, with their distances from it, sorted by (distance, index). */
export function nearestFirst(
  { data, cols }: Matrix,
  row: number,
  others: readonly number[],
): { index: number; distance: number }[] {
  return others
    .filter((index) => index !== row)
    .map((index) => ({ index, distance: pairDistance(data, cols, row, index) }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index);
}
