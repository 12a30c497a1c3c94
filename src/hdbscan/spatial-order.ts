import type { Matrix } from '../shapes.js';
import { inChunks } from './pace.js';

/** Dimensions that are interleaved, the widest ones. */
const MOST_DIMENSIONS = 3;
/** Bits of a dimension's level, and of the digit that rows are divided by. */
const LEVEL = 10;
const MASK = (1 << LEVEL) - 1;
/** Bits of the digits that parts are sorted by, three of them: parts have hundreds of rows, and as many counts should be enough. */
const DIGIT = 7;
const DIGITS = 3;
const DIGIT_MASK = (1 << DIGIT) - 1;
/** Rows up to which sorting by insertion is quickest. */
const FEW = 24;

/** Rows in an order in space. */
export interface Ordered {
  rows: Int32Array;
  /** Their numbers, row after row. */
  data: Float32Array;
}

/**
 * Some rows along Morton's curve (Morton 1966): rows that are near each other come one after the other, mostly, so that
 * what is kept per row lies together too. Rows of one code are sorted by their numbers, equal ones by row, so that equal
 * rows are neighbours. Numbers must be finite, rows ascending.
 *
 * Rows are divided by the first digit of their codes, with their numbers, and each part is then sorted by itself: what is read and
 * written at random is small enough for a processor's cache.
 */
export function spatialOrder(points: Matrix, rows: Int32Array): Ordered {
  const count = rows.length;
  const { cols } = points;
  const codes = mortonCodes(points, rows);
  const divided: Divided = {
    codes: new Int32Array(count),
    rows: new Int32Array(count),
    data: new Float32Array(count * cols),
    cols,
  };
  const ends = new Int32Array(MASK + 1);
  inChunks(count, (start, end) => countFirst(codes, start, end, ends));
  for (let value = 0, sum = 0; value <= MASK; value++) {
    const before = sum;
    sum += ends[value];
    ends[value] = before;
  }
  inChunks(count, (start, end) => divide(points, rows, codes, start, end, ends, divided));
  const ordered: Ordered = { rows: new Int32Array(count), data: new Float32Array(count * cols) };
  let largest = 0;
  for (let value = 0, start = 0; value <= MASK; start = ends[value++]) {
    largest = Math.max(largest, ends[value] - start);
  }
  const [places, scratch] = [new Int32Array(largest), new Int32Array(largest)];
  const counts = new Int32Array(DIGIT_MASK + 1);
  for (let value = 0, start = 0; value <= MASK; start = ends[value++]) {
    const end = ends[value];
    if (start === end) continue;
    sortPart(divided, start, end, places, scratch, counts);
    sortEqual(divided, places, end - start);
    write(divided, places, start, end, ordered);
  }
  return ordered;
}

/** Rows divided by the first digit of their codes; in a part they are in their own order. */
interface Divided extends Ordered {
  codes: Int32Array;
  cols: number;
}

function countFirst(codes: Int32Array, start: number, end: number, counts: Int32Array): void {
  for (let at = start; at < end; at++) counts[codes[at] >>> (2 * LEVEL)]++;
}

/** Moves what is known of rows start … end − 1 to their parts. `ends`: where each part goes on. */
function divide(
  { data, cols }: Matrix,
  rows: Int32Array,
  codes: Int32Array,
  start: number,
  end: number,
  ends: Int32Array,
  to: Divided,
): void {
  const { codes: toCodes, rows: toRows, data: toData } = to;
  for (let at = start; at < end; at++) {
    const code = codes[at];
    const row = rows[at];
    const place = ends[code >>> (2 * LEVEL)]++;
    toCodes[place] = code;
    toRows[place] = row;
    for (let from = row * cols, here = place * cols, last = from + cols; from < last; )
      toData[here++] = data[from++];
  }
}

/** Writes the places start … end − 1 in the order of their codes. */
function sortPart(
  { codes }: Divided,
  start: number,
  end: number,
  places: Int32Array,
  scratch: Int32Array,
  counts: Int32Array,
): void {
  const count = end - start;
  if (count <= FEW) {
    for (let at = 0; at < count; at++) places[at] = start + at;
    for (let at = 1; at < count; at++) {
      const place = places[at];
      let to = at;
      for (; to > 0 && codes[places[to - 1]] > codes[place]; to--) places[to] = places[to - 1];
      places[to] = place;
    }
    return;
  }
  // Back and forth: after an odd number of digits they are on the other side.
  for (let at = 0; at < count; at++) scratch[at] = start + at;
  for (let digit = 0; digit < DIGITS; digit++) {
    const [from, to] = digit % 2 === 0 ? [scratch, places] : [places, scratch];
    sortDigit(codes, from, count, digit * DIGIT, to, counts);
  }
}

/** Sorts places by one digit of their codes; those that have the same stay in order. */
function sortDigit(
  codes: Int32Array,
  from: Int32Array,
  count: number,
  shift: number,
  to: Int32Array,
  counts: Int32Array,
): void {
  counts.fill(0);
  for (let at = 0; at < count; at++) counts[(codes[from[at]] >>> shift) & DIGIT_MASK]++;
  for (let value = 0, sum = 0; value <= DIGIT_MASK; value++) {
    const before = sum;
    sum += counts[value];
    counts[value] = before;
  }
  for (let at = 0; at < count; at++) to[counts[(codes[from[at]] >>> shift) & DIGIT_MASK]++] = from[at];
}

/** Puts places of one code in the order of their numbers. */
function sortEqual({ codes, data, cols }: Divided, places: Int32Array, count: number): void {
  const compare = (a: number, b: number): number => {
    for (let i = a * cols, j = b * cols, end = i + cols; i < end; i++, j++) {
      if (data[i] !== data[j]) return data[i] - data[j];
    }
    return a - b;
  };
  for (let start = 0, end = 1; start < count; start = end++) {
    const code = codes[places[start]];
    while (end < count && codes[places[end]] === code) end++;
    if (end - start === 1) continue;
    if (end - start <= FEW) sortByInsertion(places, start, end, compare);
    else places.subarray(start, end).sort(compare);
  }
}

function sortByInsertion(
  places: Int32Array,
  start: number,
  end: number,
  compare: (a: number, b: number) => number,
): void {
  for (let at = start + 1; at < end; at++) {
    const place = places[at];
    let to = at;
    for (; to > start && compare(places[to - 1], place) > 0; to--) places[to] = places[to - 1];
    places[to] = place;
  }
}

/** Writes a part's rows in the order of `places`. */
function write(
  { rows, data, cols }: Divided,
  places: Int32Array,
  start: number,
  end: number,
  to: Ordered,
): void {
  const { rows: toRows, data: toData } = to;
  let here = start * cols;
  for (let at = start; at < end; at++) {
    const place = places[at - start];
    toRows[at] = rows[place];
    for (let from = place * cols, last = from + cols; from < last; ) toData[here++] = data[from++];
  }
}

/** A number of 3 × 10 bits per row: where it lies in each dimension's range, bits interleaved. */
function mortonCodes({ data, cols }: Matrix, rows: Int32Array): Int32Array {
  const least = new Float64Array(cols).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(cols).fill(Number.NEGATIVE_INFINITY);
  inChunks(rows.length, (start, end) => widen(data, cols, rows, start, end, least, most));
  const widest = Array.from({ length: cols }, (_, dimension) => dimension)
    .sort((a, b) => most[b] - least[b] - (most[a] - least[a]))
    .slice(0, MOST_DIMENSIONS);
  const axes = Array.from({ length: MOST_DIMENSIONS }, (_, at): Axis => {
    const dimension = widest[at] ?? 0;
    const low = least[dimension];
    const range = most[dimension] - low;
    return { dimension, low, scale: at < widest.length && range > 0 ? MASK / range : 0 };
  });
  const codes = new Int32Array(rows.length);
  inChunks(rows.length, (start, end) => encode(data, cols, rows, start, end, axes, codes));
  return codes;
}

/** A dimension that codes are of: numbers less `low`, times `scale`, are 0 to MASK. */
interface Axis {
  dimension: number;
  low: number;
  scale: number;
}

/** Lowers and raises each dimension's bounds to those of rows start … end − 1. */
function widen(
  data: Float32Array,
  cols: number,
  rows: Int32Array,
  start: number,
  end: number,
  least: Float64Array,
  most: Float64Array,
): void {
  for (let at = start; at < end; at++) {
    const base = rows[at] * cols;
    for (let t = 0; t < cols; t++) {
      const x = data[base + t];
      if (x < least[t]) least[t] = x;
      if (x > most[t]) most[t] = x;
    }
  }
}

function encode(
  data: Float32Array,
  cols: number,
  rows: Int32Array,
  start: number,
  end: number,
  [x, y, z]: Axis[],
  codes: Int32Array,
): void {
  const [offsetX, offsetY, offsetZ] = [x.dimension, y.dimension, z.dimension];
  const [lowX, lowY, lowZ] = [x.low, y.low, z.low];
  const [scaleX, scaleY, scaleZ] = [x.scale, y.scale, z.scale];
  for (let at = start; at < end; at++) {
    const base = rows[at] * cols;
    const levelX = ((data[base + offsetX] - lowX) * scaleX) | 0;
    const levelY = ((data[base + offsetY] - lowY) * scaleY) | 0;
    const levelZ = ((data[base + offsetZ] - lowZ) * scaleZ) | 0;
    codes[at] = spread(levelX) | (spread(levelY) << 1) | (spread(levelZ) << 2);
  }
}

/** Two zeros between each two of ten bits. */
function spread(bits: number): number {
  let x = (bits | (bits << 16)) & 0x030000ff;
  x = (x | (x << 8)) & 0x0300f00f;
  x = (x | (x << 4)) & 0x030c30c3;
  return (x | (x << 2)) & 0x09249249;
}
