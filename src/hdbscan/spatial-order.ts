import type { Matrix } from '../shapes.js';

/** Dimensions that are interleaved, the widest ones. */
const MOST_DIMENSIONS = 3;
/** Bits of a radix sort's digit; three digits hold a code. */
const DIGIT = 10;

/**
 * Rows along Morton's curve (Morton 1966): rows that are near each other come one after the other, mostly, so that what is
 * kept per row lies together too. A function of the points alone, up to equal codes, which stay in row order.
 */
export function spatialOrder(points: Matrix): Int32Array {
  const codes = mortonCodes(points);
  let order = Int32Array.from({ length: points.rows }, (_, row) => row);
  let next = new Int32Array(points.rows);
  for (let digit = 0; digit < MOST_DIMENSIONS; digit++) {
    const shift = digit * DIGIT;
    const mask = (1 << DIGIT) - 1;
    const starts = new Int32Array(mask + 2);
    for (let row = 0; row < codes.length; row++) starts[((codes[row] >>> shift) & mask) + 1]++;
    for (let value = 0; value < mask; value++) starts[value + 1] += starts[value];
    for (let at = 0; at < order.length; at++) {
      const row = order[at];
      next[starts[(codes[row] >>> shift) & mask]++] = row;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** A number of 3 × 10 bits per row: where it lies in each dimension's range, bits interleaved. */
function mortonCodes({ data, rows, cols }: Matrix): Int32Array {
  const least = new Float64Array(cols).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(cols).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0, dimension = 0; at < rows * cols; at++) {
    if (data[at] < least[dimension]) least[dimension] = data[at];
    if (data[at] > most[dimension]) most[dimension] = data[at];
    if (++dimension === cols) dimension = 0;
  }
  const widest = Array.from({ length: cols }, (_, dimension) => dimension)
    .sort((a, b) => most[b] - least[b] - (most[a] - least[a]))
    .slice(0, MOST_DIMENSIONS);
  const codes = new Int32Array(rows);
  for (const [place, dimension] of widest.entries()) {
    const range = most[dimension] - least[dimension];
    const scale = range > 0 ? ((1 << DIGIT) - 1) / range : 0;
    for (let row = 0; row < rows; row++) {
      const level = ((data[row * cols + dimension] - least[dimension]) * scale) | 0;
      codes[row] |= spread(level) << place;
    }
  }
  return codes;
}

/** Two zeros between each two of ten bits. */
function spread(bits: number): number {
  let x = (bits | (bits << 16)) & 0x030000ff;
  x = (x | (x << 8)) & 0x0300f00f;
  x = (x | (x << 4)) & 0x030c30c3;
  return (x | (x << 2)) & 0x09249249;
}
