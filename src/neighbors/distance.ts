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

/**
 * Four of `squaredDistance`, of rows of `data` that begin at the places `from` and `to`: a sum waits for each of its additions, so
 * four sums take little more time than one.
 */
export function fourSquares(
  data: Float32Array,
  cols: number,
  from: readonly [number, number, number, number],
  to: readonly [number, number, number, number],
  out: Float64Array,
): void {
  const [a0, a1, a2, a3] = from;
  const [b0, b1, b2, b3] = to;
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  for (let t = 0; t < cols; t++) {
    const difference0 = data[a0 + t] - data[b0 + t];
    const difference1 = data[a1 + t] - data[b1 + t];
    const difference2 = data[a2 + t] - data[b2 + t];
    const difference3 = data[a3 + t] - data[b3 + t];
    sum0 += difference0 * difference0;
    sum1 += difference1 * difference1;
    sum2 += difference2 * difference2;
    sum3 += difference3 * difference3;
  }
  out[0] = sum0;
  out[1] = sum1;
  out[2] = sum2;
  out[3] = sum3;
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
