// Rows in the order of Morton's curve (Morton 1966): a code of 3 × 10 bits per row tells where it lies in the range of each of three
// dimensions, bits interleaved. Rows are divided by the upper ten bits, with their numbers, and each part is then sorted by itself: what is
// read and written at random is small enough for a processor's cache. What is written depends on chunks alone.
import { keyIndex, makeKey, sortKeys } from '../neighbors/keys';

/** Rows of a chunk, but of `sortPart`, whose chunks are parts. */
export const CURVE_ROWS: i32 = 32_768;
/** Parts that rows are divided into. */
export const PARTS: i32 = 1024;
/** Bits of a code that rows of one part differ by. */
const REST: i32 = 20;

/** Written by the host. */
@unmanaged
export class Curve {
  /** the points, row after row, d float32 each; the ordered rows' numbers in the end. */
  data: usize;
  d: i32;
  /** rows to be put in order. */
  n: i32;
  /** their numbers, ascending, int32; 0 where they are 0 … n − 1. */
  rows: usize;
  /** per chunk the lowest numbers of its rows, then the highest, 2 × d float32. */
  ranges: usize;
  /** the dimensions that codes are of. A level is a number less `low`, times `scale`. */
  x: i32;
  y: i32;
  z: i32;
  lowX: f64;
  lowY: f64;
  lowZ: f64;
  scaleX: f64;
  scaleY: f64;
  scaleZ: f64;
  /** int32 per row; the ordered rows in the end. */
  codes: usize;
  /** per chunk and part: how many of its rows are of it, then where the next one goes, int32. */
  places: usize;
  /** where each part begins, and n, int32. */
  starts: usize;
  /** what is known of rows, in parts. */
  partCodes: usize;
  partRows: usize;
  partData: usize;
  /** a key for each row of a part, for each thread. */
  scratch: usize;
  scratchBytes: i32;
}

// @ts-ignore: decorator
@inline
function numbersOf(curve: Curve, at: i32): usize {
  const row = curve.rows ? load<i32>(curve.rows + (<usize>at << 2)) : at;
  return curve.data + (<usize>row * <usize>curve.d << 2);
}

/** Writes the range of each dimension. */
export function measureRange(chunk: i32, _thread: i32, pointer: usize): void {
  const curve = changetype<Curve>(pointer);
  const bytes = <usize>curve.d << 2;
  const low = curve.ranges + <usize>chunk * (bytes << 1);
  const high = low + bytes;
  const start = chunk * CURVE_ROWS;
  memory.copy(low, numbersOf(curve, start), bytes);
  memory.copy(high, low, bytes);
  for (let at = start + 1, end = min(curve.n, start + CURVE_ROWS); at < end; at++) {
    const numbers = numbersOf(curve, at);
    for (let t: usize = 0; t < bytes; t += 4) {
      const x = load<f32>(numbers + t);
      store<f32>(low + t, min(load<f32>(low + t), x));
      store<f32>(high + t, max(load<f32>(high + t), x));
    }
  }
}

/** Two zeros between each two of ten bits. */
// @ts-ignore: decorator
@inline
function spread(bits: i32): i32 {
  let x = (bits | (bits << 16)) & 0x030000ff;
  x = (x | (x << 8)) & 0x0300f00f;
  x = (x | (x << 4)) & 0x030c30c3;
  return (x | (x << 2)) & 0x09249249;
}

// @ts-ignore: decorator
@inline
function levelOf(numbers: usize, dimension: i32, low: f64, scale: f64): i32 {
  return <i32>((<f64>load<f32>(numbers + (<usize>dimension << 2)) - low) * scale);
}

/** Writes codes, and counts the rows of each part. `places` must hold zeros. */
export function encode(chunk: i32, _thread: i32, pointer: usize): void {
  const curve = changetype<Curve>(pointer);
  const counts = curve.places + (<usize>chunk * <usize>PARTS << 2);
  const start = chunk * CURVE_ROWS;
  for (let at = start, end = min(curve.n, start + CURVE_ROWS); at < end; at++) {
    const numbers = numbersOf(curve, at);
    const x = levelOf(numbers, curve.x, curve.lowX, curve.scaleX);
    const y = levelOf(numbers, curve.y, curve.lowY, curve.scaleY);
    const z = levelOf(numbers, curve.z, curve.lowZ, curve.scaleZ);
    const code = spread(x) | (spread(y) << 1) | (spread(z) << 2);
    store<i32>(curve.codes + (<usize>at << 2), code);
    const count = counts + (<usize>(code >> REST) << 2);
    store<i32>(count, load<i32>(count) + 1);
  }
}

/** Moves what is known of rows to their parts, where they stay in their own order. */
export function divide(chunk: i32, _thread: i32, pointer: usize): void {
  const curve = changetype<Curve>(pointer);
  const places = curve.places + (<usize>chunk * <usize>PARTS << 2);
  const d = <usize>curve.d;
  const start = chunk * CURVE_ROWS;
  for (let at = start, end = min(curve.n, start + CURVE_ROWS); at < end; at++) {
    const code = load<i32>(curve.codes + (<usize>at << 2));
    const next = places + (<usize>(code >> REST) << 2);
    const place = load<i32>(next);
    store<i32>(next, place + 1);
    store<i32>(curve.partCodes + (<usize>place << 2), code);
    store<i32>(curve.partRows + (<usize>place << 2), curve.rows ? load<i32>(curve.rows + (<usize>at << 2)) : at);
    const from = numbersOf(curve, at);
    const to = curve.partData + (<usize>place * d << 2);
    for (let t: usize = 0; t < d << 2; t += 4) store<f32>(to + t, load<f32>(from + t));
  }
}

/** Puts the rows of part `chunk` in order: by code, then by their numbers, from the first column to the last, equal ones by row. */
export function sortPart(chunk: i32, thread: i32, pointer: usize): void {
  const curve = changetype<Curve>(pointer);
  const start = load<i32>(curve.starts + (<usize>chunk << 2));
  const end = load<i32>(curve.starts + (<usize>chunk << 2), 4);
  const keys = curve.scratch + <usize>thread * <usize>curve.scratchBytes;
  for (let place = start; place < end; place++) {
    const code = load<u32>(curve.partCodes + (<usize>place << 2));
    store<u64>(keys + (<usize>(place - start) << 3), (<u64>code << 32) | <u64>place);
  }
  sortFrom(curve, keys, end - start, 0);
  const bytes = <usize>curve.d << 2;
  for (let at = start; at < end; at++) {
    const place = <usize>keyIndex(load<u64>(keys + (<usize>(at - start) << 3)));
    store<i32>(curve.codes + (<usize>at << 2), load<i32>(curve.partRows + (place << 2)));
    const from = curve.partData + place * bytes;
    const to = curve.data + <usize>at * bytes;
    for (let t: usize = 0; t < bytes; t += 4) store<f32>(to + t, load<f32>(from + t));
  }
}

/** Sorts keys (value, place), and those of one value by the numbers of the columns from `column` on. */
function sortFrom(curve: Curve, keys: usize, count: i32, column: i32): void {
  sortKeys(keys, count);
  if (column == curve.d) return;
  for (let start = 0, end = 1; start < count; start = end++) {
    const value = <u32>(load<u64>(keys + (<usize>start << 3)) >> 32);
    while (end < count && <u32>(load<u64>(keys + (<usize>end << 3)) >> 32) == value) end++;
    if (end - start == 1) continue;
    for (let at = start; at < end; at++) {
      const key = keys + (<usize>at << 3);
      const place = keyIndex(load<u64>(key));
      const x = load<f32>(curve.partData + ((<usize>place * <usize>curve.d + <usize>column) << 2));
      // −0 and 0 are equal.
      store<u64>(key, makeKey(x == 0 ? 0 : x, place));
    }
    sortFrom(curve, keys + (<usize>start << 3), end - start, column + 1);
  }
}
