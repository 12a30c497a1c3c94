import type { Matrix } from '../shapes.js';

/** Dimensions that are interleaved, the widest ones. */
const MOST_DIMENSIONS = 3;
/** Bits of a radix sort's digit; three digits hold a code. */
const DIGIT = 10;
const MASK = (1 << DIGIT) - 1;
/** Rows of one code up to which sorting by insertion is quickest. */
const FEW = 24;

/**
 * Some rows along Morton's curve (Morton 1966): rows that are near each other come one after the other, mostly, so that
 * what is kept per row lies together too. Rows of one code are sorted by their numbers, equal ones by row, so that equal
 * rows are neighbours. Numbers must be finite.
 */
export function spatialOrder(points: Matrix, rows: Int32Array): Int32Array {
  const codes = mortonCodes(points, rows);
  const order = sortCodes(codes, rows);
  const { data, cols } = points;
  const compare = (a: number, b: number): number => {
    for (let i = a * cols, j = b * cols, end = i + cols; i < end; i++, j++) {
      if (data[i] !== data[j]) return data[i] - data[j];
    }
    return a - b;
  };
  for (let start = 0, end = 1; start < order.length; start = end++) {
    while (end < order.length && codes[end] === codes[start]) end++;
    if (end - start === 1) continue;
    if (end - start <= FEW) sortByInsertion(order, start, end, compare);
    else order.subarray(start, end).sort(compare);
  }
  return order;
}

function sortByInsertion(
  order: Int32Array,
  start: number,
  end: number,
  compare: (a: number, b: number) => number,
): void {
  for (let at = start + 1; at < end; at++) {
    const row = order[at];
    let to = at;
    for (; to > start && compare(order[to - 1], row) > 0; to--) order[to] = order[to - 1];
    order[to] = row;
  }
}

/** Sorts codes, and returns the rows they belong to in that order. */
function sortCodes(codes: Int32Array, rows: Int32Array): Int32Array {
  const count = codes.length;
  let fromCodes: Int32Array = codes;
  let toCodes: Int32Array = new Int32Array(count);
  let from: Int32Array = rows;
  let to: Int32Array = new Int32Array(count);
  for (let shift = 0; shift < MOST_DIMENSIONS * DIGIT; shift += DIGIT) {
    const starts = new Int32Array(MASK + 2);
    for (let at = 0; at < count; at++) starts[((fromCodes[at] >>> shift) & MASK) + 1]++;
    for (let value = 0; value < MASK; value++) starts[value + 1] += starts[value];
    for (let at = 0; at < count; at++) {
      const code = fromCodes[at];
      const place = starts[(code >>> shift) & MASK]++;
      toCodes[place] = code;
      to[place] = from[at];
    }
    [fromCodes, toCodes] = [toCodes, fromCodes];
    [from, to] = [to, from === rows ? new Int32Array(count) : from];
  }
  if (fromCodes !== codes) codes.set(fromCodes);
  return from;
}

/** A number of 3 × 10 bits per row: where it lies in each dimension's range, bits interleaved. */
function mortonCodes({ data, cols }: Matrix, rows: Int32Array): Int32Array {
  const least = new Float64Array(cols).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(cols).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < rows.length; at++) {
    const base = rows[at] * cols;
    for (let t = 0; t < cols; t++) {
      const x = data[base + t];
      if (x < least[t]) least[t] = x;
      if (x > most[t]) most[t] = x;
    }
  }
  const widest = Array.from({ length: cols }, (_, dimension) => dimension)
    .sort((a, b) => most[b] - least[b] - (most[a] - least[a]))
    .slice(0, MOST_DIMENSIONS);
  const codes = new Int32Array(rows.length);
  for (const [place, dimension] of widest.entries()) {
    const low = least[dimension];
    const range = most[dimension] - low;
    const scale = range > 0 ? MASK / range : 0;
    for (let at = 0; at < rows.length; at++) {
      const level = ((data[rows[at] * cols + dimension] - low) * scale) | 0;
      codes[at] |= spread(level) << place;
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
