import type { Matrix } from '../shapes.js';

/** Power iterations towards the axis of largest variance, which need not be exact: it is where rounds begin. */
const ITERATIONS = 10;
/** Rounds in which rows go to the nearer mean. */
const ROUNDS = 8;

/**
 * Divides rows in two by Lloyd's algorithm, from the halves on both sides of the mean along the axis of largest variance; so there is no
 * chance in it.
 * @returns 0 or 1 for each row; all the same where rows are all equal
 */
export function twoMeans(points: Matrix): Uint8Array {
  const { data, rows, cols } = points;
  const along = alongAxis(points);
  let isSecond = Uint8Array.from(along, (value) => (value > 0 ? 1 : 0));
  for (let round = 0; round < ROUNDS; round++) {
    const { means, size } = meansOf(points, isSecond);
    if (size[0] === 0 || size[1] === 0) break;
    const next = new Uint8Array(rows);
    let moved = 0;
    // Nearer to the second mean: |v − a|² − |v − b|² = 2 (b − a) · (v − (a + b) / 2) > 0.
    const apart = Float64Array.from({ length: cols }, (_, t) => means[cols + t] - means[t]);
    let middle = 0;
    for (let t = 0; t < cols; t++) middle += apart[t] * (means[t] + means[cols + t]) * 0.5;
    for (let row = 0; row < rows; row++) {
      let along = 0;
      for (let t = 0, at = row * cols; t < cols; t++, at++) along += data[at] * apart[t];
      if (along > middle) next[row] = 1;
      if (next[row] !== isSecond[row]) moved++;
    }
    // Further rounds would find the same means again.
    if (moved === 0) break;
    isSecond = next;
  }
  return isSecond;
}

/** The share of the variance of the points that the means of two parts explain, 0 to 1. */
export function explainedShare(points: Matrix, isSecond: Uint8Array): number {
  const { data, rows, cols } = points;
  const { means, size } = meansOf(points, isSecond);
  let whole = 0;
  let between = 0;
  for (let t = 0; t < cols; t++) {
    const mean = (means[t] * size[0] + means[cols + t] * size[1]) / rows;
    for (let row = 0; row < rows; row++) whole += (data[row * cols + t] - mean) ** 2;
    between += size[0] * (means[t] - mean) ** 2 + size[1] * (means[cols + t] - mean) ** 2;
  }
  return whole > 0 ? between / whole : 0;
}

/** Place of each row along the axis of largest variance, from the mean. The axis is sought from the row farthest from the mean. */
function alongAxis({ data, rows, cols }: Matrix): Float64Array {
  const { means } = meansOf({ data, rows, cols }, new Uint8Array(rows));
  const mean = means.subarray(0, cols);
  let axis = new Float64Array(cols);
  let farthest = 0;
  for (let row = 0; row < rows; row++) {
    const distance = squaredApart(mean, data, row * cols);
    if (distance <= farthest) continue;
    farthest = distance;
    for (let t = 0; t < cols; t++) axis[t] = data[row * cols + t] - mean[t];
  }
  const along = new Float64Array(rows);
  for (let pass = 0; pass < ITERATIONS; pass++) {
    const next = new Float64Array(cols);
    for (let row = 0; row < rows; row++) along[row] = project(mean, data, row * cols, axis, next);
    const length = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    if (length === 0) break;
    axis = next.map((value) => value / length);
  }
  return along;
}

function squaredApart(mean: Float64Array, data: Float32Array, start: number): number {
  let squares = 0;
  for (let t = 0; t < mean.length; t++) {
    const apart = data[start + t] - mean[t];
    squares += apart * apart;
  }
  return squares;
}

/** A row's place along an axis. Adds the row's difference from the mean, times that place, to `next`. */
function project(
  mean: Float64Array,
  data: Float32Array,
  start: number,
  axis: Float64Array,
  next: Float64Array,
): number {
  let along = 0;
  for (let t = 0; t < mean.length; t++) along += (data[start + t] - mean[t]) * axis[t];
  for (let t = 0; t < mean.length; t++) next[t] += along * (data[start + t] - mean[t]);
  return along;
}

/** Means of both parts, 2 × columns, and their numbers of rows. The mean of a part without rows is 0. */
function meansOf({ data, rows, cols }: Matrix, isSecond: Uint8Array) {
  const means = new Float64Array(2 * cols);
  const size = [0, 0];
  for (let row = 0; row < rows; row++) {
    const start = isSecond[row] * cols;
    size[isSecond[row]]++;
    for (let t = 0; t < cols; t++) means[start + t] += data[row * cols + t];
  }
  for (let t = 0; t < 2 * cols; t++) means[t] /= Math.max(1, size[t < cols ? 0 : 1]);
  return { means, size };
}
