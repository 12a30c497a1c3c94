// Approximate neighbours. Rows lie in cells around centres; a row is compared with the rows of the few cells nearest to it, in
// tiles of products (an inverted file, Jégou, Douze and Schmid 2011). Lists are then improved by the neighbours of neighbours
// (NN-descent, Dong, Moses and Li 2011). All results depend on the input only, not on which thread worked.
import { STRIDE } from '../neighbors/brute';
import { roundedDistance, widenRow } from '../neighbors/distance';
import { BLOCK, SCRATCH } from '../neighbors/job';
import { keyIndex, keyValue, makeKey, selectSmallest, sortKeys } from '../neighbors/keys';
import { tile } from '../neighbors/tile';

/** Query rows of a part at most. */
export const PART: i32 = 1024;
/** Rows of a chunk of `descend` and `measure`. */
export const ROWS: i32 = 64;
/** Set in the row number of a neighbour that the last round found. */
const NEW: i32 = 0x80000000;
const NOT_NEW: i32 = 0x7fffffff;

/** Pointers and sizes, written by the host. Rows are numbered in the order of their cells. */
@unmanaged
export class Cells {
  /** rows × d float32. */
  data: usize;
  n: i32;
  d: i32;
  /** a float32 per column: products are of rows less the centre. */
  centre: usize;
  /** first row of each cell, int32, and n. */
  starts: usize;
  /** per chunk of `scanCells`: first query, number of queries (PART at most), first segment, end of segments; int32. */
  parts: usize;
  /** per segment a cell, and the first and the number of the places in `chosen` of those to compare with it; int32. */
  segments: usize;
  /** places of queries within their part, int32. */
  chosen: usize;
  /** row of each query, int32. */
  queries: usize;
  /** neighbours in a list. */
  k: i32;
  /** per query k keys of squared distance and row, ascending; filled with the largest u64. */
  lists: usize;
  /** lists that `descend` writes. */
  next: usize;
  /** bytes for each thread, see `scratchBytes`. */
  scratch: usize;
  scratchSize: usize;
  /** rows × int32 for each thread: the last row + 1 that looked at it. */
  seen: usize;
  /** neighbours of a list that are followed. */
  followed: i32;
  /** first of each row's places in `reverse`, int32, and their number. */
  reverseStarts: usize;
  /** rows that have the row among those followed. */
  reverse: usize;
  /** neighbours found by each chunk of `descend`, int32. */
  found: usize;
  /** number that the caller knows each row by, int32. */
  names: usize;
}

/** Keys of a slot's buffer: half of them are dropped when it is full. */
// @ts-ignore: decorator
@inline
function capacityOf(k: i32): i32 {
  return 2 * k + 32;
}

// | queries packed | their norms | rows packed | their norms | rows of queries | counts | limits | buffers | scores |
function packedBytes(d: i32, rows: i32): usize {
  return <usize>rows * <usize>d << 2;
}

/** Bytes of scratch that a thread needs. */
export function scratchBytes(d: i32, k: i32): usize {
  const each = <usize>PART * (16 + ((<usize>capacityOf(k)) << 3));
  return packedBytes(d, PART) + packedBytes(d, BLOCK) + (<usize>BLOCK << 2) + each + SCRATCH + 4096;
}

/** Compares the queries of a part with the cells of its segments, and writes the list of each. */
export function scanCells(chunk: i32, thread: i32, pointer: usize): void {
  const job = changetype<Cells>(pointer);
  const d = job.d;
  const part = job.parts + (<usize>chunk << 4);
  const first = load<i32>(part);
  const count = load<i32>(part, 4);
  const segmentEnd = load<i32>(part, 12);
  const packedQueries = job.scratch + <usize>thread * job.scratchSize;
  const queryNorms = packedQueries + packedBytes(d, PART);
  const packedRows = queryNorms + (<usize>PART << 2);
  const rowNorms = packedRows + packedBytes(d, BLOCK);
  const rows = rowNorms + (<usize>BLOCK << 2);
  const counts = rows + (<usize>PART << 2);
  const limits = counts + (<usize>PART << 2);
  const scores = (limits + (<usize>PART << 2) + 15) & ~15;
  const buffers = scores + SCRATCH;
  for (let slot: usize = 0; slot < <usize>count << 2; slot += 4) {
    store<i32>(counts + slot, 0);
    store<f32>(limits + slot, <f32>Infinity);
  }
  for (let segment = load<i32>(part, 8); segment < segmentEnd; segment++) {
    const about = job.segments + <usize>segment * 12;
    const cell = job.starts + (<usize>load<i32>(about) << 2);
    const chosen = job.chosen + (<usize>load<i32>(about, 4) << 2);
    const chosenCount = load<i32>(about, 8);
    for (let at: usize = 0; at < <usize>chosenCount << 2; at += 4) {
      store<i32>(rows + at, load<i32>(job.queries + (<usize>(first + load<i32>(chosen + at)) << 2)));
    }
    const panels = (chosenCount + 7) >> 3;
    for (let panel = 0; panel < panels; panel++) {
      packEight(job, rows, 0, chosenCount, panel, packedQueries, queryNorms);
    }
    const end = load<i32>(cell, 4);
    for (let row = load<i32>(cell); row < end; row += BLOCK) {
      const height = min(BLOCK, end - row);
      const rowPanels = (height + 7) >> 3;
      for (let panel = 0; panel < rowPanels; panel++) {
        packEight(job, 0, row, height, panel, packedRows, rowNorms);
      }
      for (let panel = 0; panel < panels; panel += BLOCK >> 3) {
        const together = min(BLOCK >> 3, panels - panel);
        tile(packedQueries + packedBytes(d, panel << 3), together, packedRows, rowPanels, d, scores, STRIDE);
        const lines = min(together << 3, chosenCount - (panel << 3));
        for (let line = 0; line < lines; line++) {
          const at = <usize>((panel << 3) + line) << 2;
          const slot = load<i32>(chosen + at);
          offerLine(
            job.k,
            scores + <usize>line * STRIDE,
            rowPanels << 3,
            load<f32>(queryNorms + at),
            rowNorms,
            row,
            load<i32>(rows + at),
            buffers + ((<usize>slot * <usize>capacityOf(job.k)) << 3),
            counts + (<usize>slot << 2),
            limits + (<usize>slot << 2),
          );
        }
      }
    }
  }
  for (let slot = 0; slot < count; slot++) {
    const buffer = buffers + ((<usize>slot * <usize>capacityOf(job.k)) << 3);
    const own = job.data + packedBytes(d, load<i32>(job.queries + (<usize>(first + slot) << 2)));
    let kept = load<i32>(counts + (<usize>slot << 2));
    if (kept > job.k) {
      selectSmallest(buffer, kept, job.k);
      kept = job.k;
    }
    for (let at = buffer; at < buffer + (<usize>kept << 3); at += 8) {
      const other = keyIndex(load<u64>(at));
      store<u64>(at, makeKey(squareOf(own, job.data + packedBytes(d, other), d), other | NEW));
    }
    sortKeys(buffer, kept);
    writeList(buffer, kept, job.lists + ((<usize>(first + slot) * <usize>job.k) << 3), job.k);
  }
}

function writeList(buffer: usize, count: i32, list: usize, k: i32): void {
  memory.copy(list, buffer, <usize>count << 3);
  for (let place = count; place < k; place++) store<u64>(list + (<usize>place << 3), u64.MAX_VALUE);
}

/** Offers a query the rows of a line of products that are nearer than the k nearest so far. */
function offerLine(
  k: i32,
  line: usize,
  columns: i32,
  norm: f32,
  norms: usize,
  row0: i32,
  own: i32,
  buffer: usize,
  countAt: usize,
  limitAt: usize,
): void {
  let count = load<i32>(countAt);
  let limit = load<f32>(limitAt);
  let limits = f32x4.splat(limit);
  const norms4 = f32x4.splat(norm);
  for (let column = 0; column < columns; column += 4) {
    const skip = <usize>column << 2;
    const product = v128.load(line + skip);
    const score = f32x4.sub(f32x4.add(norms4, v128.load(norms + skip)), f32x4.add(product, product));
    let mask = i32x4.bitmask(f32x4.lt(score, limits));
    if (!mask) continue;
    v128.store(line + skip, score);
    while (mask) {
      const lane = ctz(mask);
      mask &= mask - 1;
      const other = row0 + column + lane;
      const value = load<f32>(line + skip + (<usize>lane << 2));
      if (other == own || !(value < limit)) continue;
      store<u64>(buffer + (<usize>count << 3), makeKey(value, other));
      count++;
      if (count < capacityOf(k)) continue;
      selectSmallest(buffer, count, k);
      count = k;
      limit = keyValue(load<u64>(buffer + (<usize>(k - 1) << 3)));
      limits = f32x4.splat(limit);
    }
  }
  store<i32>(countAt, count);
  store<f32>(limitAt, limit);
}

/** Squared distance of two rows in float32: four sums, since one would wait for each addition. */
// @ts-ignore: decorator
@inline
function squareOf(a: usize, b: usize, d: i32): f32 {
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0);
  let sum3 = f32x4.splat(0);
  const end = <usize>d << 2;
  const whole = end & ~63;
  let at: usize = 0;
  for (; at < whole; at += 64) {
    const apart0 = f32x4.sub(v128.load(a + at), v128.load(b + at));
    const apart1 = f32x4.sub(v128.load(a + at, 16), v128.load(b + at, 16));
    const apart2 = f32x4.sub(v128.load(a + at, 32), v128.load(b + at, 32));
    const apart3 = f32x4.sub(v128.load(a + at, 48), v128.load(b + at, 48));
    sum0 = f32x4.add(sum0, f32x4.mul(apart0, apart0));
    sum1 = f32x4.add(sum1, f32x4.mul(apart1, apart1));
    sum2 = f32x4.add(sum2, f32x4.mul(apart2, apart2));
    sum3 = f32x4.add(sum3, f32x4.mul(apart3, apart3));
  }
  let sum = sumOf(f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)));
  for (; at < end; at += 4) {
    const apart = load<f32>(a + at) - load<f32>(b + at);
    sum += apart * apart;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function sumOf(four: v128): f32 {
  return (
    f32x4.extract_lane(four, 0) + f32x4.extract_lane(four, 1) + (f32x4.extract_lane(four, 2) + f32x4.extract_lane(four, 3))
  );
}

/**
 * As `packPanel`, four columns at a time: rows `ids[8 · panel ..]`, or `row0 + 8 · panel ..` where `ids` is 0, less the centre, and
 * their squared norms in float32. Lanes after `count` rows hold the last one, with a norm of infinity.
 */
function packEight(job: Cells, ids: usize, row0: i32, count: i32, panel: i32, packed: usize, norms: usize): void {
  packFour(job, ids, row0, count, panel << 3, packed + (<usize>panel * <usize>job.d << 5), norms);
  packFour(job, ids, row0, count, (panel << 3) + 4, packed + (<usize>panel * <usize>job.d << 5) + 16, norms);
}

// @ts-ignore: decorator
@inline
function lanes(a: f32, b: f32, c: f32, d: f32): v128 {
  const half = f32x4.replace_lane(f32x4.splat(a), 1, b);
  return f32x4.replace_lane(f32x4.replace_lane(half, 2, c), 3, d);
}

// @ts-ignore: decorator
@inline
function rowAt(job: Cells, ids: usize, row0: i32, count: i32, at: i32): usize {
  const place = min(at, count - 1);
  return job.data + packedBytes(job.d, ids ? load<i32>(ids + (<usize>place << 2)) : row0 + place);
}

function packFour(job: Cells, ids: usize, row0: i32, count: i32, first: i32, out: usize, norms: usize): void {
  const a = rowAt(job, ids, row0, count, first);
  const b = rowAt(job, ids, row0, count, first + 1);
  const c = rowAt(job, ids, row0, count, first + 2);
  const e = rowAt(job, ids, row0, count, first + 3);
  const end = <usize>job.d << 2;
  const fours = end & ~15;
  let squares = f32x4.splat(0);
  let at: usize = 0;
  for (; at < fours; at += 16) {
    const centre = v128.load(job.centre + at);
    const ra = f32x4.sub(v128.load(a + at), centre);
    const rb = f32x4.sub(v128.load(b + at), centre);
    const rc = f32x4.sub(v128.load(c + at), centre);
    const re = f32x4.sub(v128.load(e + at), centre);
    const abLow = v128.shuffle<i32>(ra, rb, 0, 4, 1, 5);
    const abHigh = v128.shuffle<i32>(ra, rb, 2, 6, 3, 7);
    const ceLow = v128.shuffle<i32>(rc, re, 0, 4, 1, 5);
    const ceHigh = v128.shuffle<i32>(rc, re, 2, 6, 3, 7);
    const column0 = v128.shuffle<i32>(abLow, ceLow, 0, 1, 4, 5);
    const column1 = v128.shuffle<i32>(abLow, ceLow, 2, 3, 6, 7);
    const column2 = v128.shuffle<i32>(abHigh, ceHigh, 0, 1, 4, 5);
    const column3 = v128.shuffle<i32>(abHigh, ceHigh, 2, 3, 6, 7);
    const to = out + (at << 3);
    v128.store(to, column0);
    v128.store(to, column1, 32);
    v128.store(to, column2, 64);
    v128.store(to, column3, 96);
    squares = f32x4.add(squares, f32x4.add(f32x4.mul(column0, column0), f32x4.mul(column1, column1)));
    squares = f32x4.add(squares, f32x4.add(f32x4.mul(column2, column2), f32x4.mul(column3, column3)));
  }
  for (; at < end; at += 4) {
    const rows = lanes(load<f32>(a + at), load<f32>(b + at), load<f32>(c + at), load<f32>(e + at));
    const column = f32x4.sub(rows, f32x4.splat(load<f32>(job.centre + at)));
    v128.store(out + (at << 3), column);
    squares = f32x4.add(squares, f32x4.mul(column, column));
  }
  v128.store(norms + (<usize>first << 2), squares);
  for (let lane = max(0, count - first); lane < 4; lane++) {
    store<f32>(norms + (<usize>(first + lane) << 2), <f32>Infinity);
  }
}

/** A row's list while it is improved. */
@unmanaged
class Growing {
  own: usize;
  buffer: usize;
  count: i32;
  limit: f32;
  found: i32;
}

/**
 * One round over the rows of a chunk: each is compared with the neighbours of its neighbours, and of the rows that have it as a
 * neighbour, where one of the two steps is new since the round before. Reads `lists`, writes `next`.
 */
export function descend(chunk: i32, thread: i32, pointer: usize): void {
  const job = changetype<Cells>(pointer);
  const k = job.k;
  const scratch = job.scratch + <usize>thread * job.scratchSize;
  const growing = changetype<Growing>(scratch);
  growing.buffer = scratch + 64;
  growing.found = 0;
  const seen = job.seen + <usize>thread * (<usize>job.n << 2);
  const end = min(job.n, chunk * ROWS + ROWS);
  for (let row = chunk * ROWS; row < end; row++) {
    const list = listOf(job, row);
    growing.own = job.data + packedBytes(job.d, row);
    let count = 0;
    store<i32>(seen + (<usize>row << 2), row + 1);
    for (; count < k; count++) {
      const key = load<u64>(list + (<usize>count << 3));
      if (key == u64.MAX_VALUE) break;
      const other = keyIndex(key) & NOT_NEW;
      store<i32>(seen + (<usize>other << 2), row + 1);
      store<u64>(growing.buffer + (<usize>count << 3), makeKey(keyValue(key), other));
    }
    growing.count = count;
    growing.limit = count < k ? <f32>Infinity : keyValue(load<u64>(list + (<usize>(k - 1) << 3)));
    for (let place = 0; place < min(count, job.followed); place++) {
      follow(job, growing, keyIndex(load<u64>(list + (<usize>place << 3))), row, seen);
    }
    const reverseEnd = load<i32>(job.reverseStarts + (<usize>row << 2), 4);
    for (let at = load<i32>(job.reverseStarts + (<usize>row << 2)); at < reverseEnd; at++) {
      const other = load<i32>(job.reverse + (<usize>at << 2));
      consider(job, growing, other & NOT_NEW, row, seen);
      follow(job, growing, other, row, seen);
    }
    if (growing.count > k) {
      selectSmallest(growing.buffer, growing.count, k);
      growing.count = k;
    }
    sortKeys(growing.buffer, growing.count);
    writeList(growing.buffer, growing.count, job.next + ((<usize>row * <usize>k) << 3), k);
  }
  store<i32>(job.found + (<usize>chunk << 2), growing.found);
}

// @ts-ignore: decorator
@inline
function listOf(job: Cells, row: i32): usize {
  return job.lists + ((<usize>row * <usize>job.k) << 3);
}

/** Considers the nearest neighbours of `via`, whose number may hold NEW. */
function follow(job: Cells, growing: Growing, via: i32, row: i32, seen: usize): void {
  const list = listOf(job, via & NOT_NEW);
  for (let place: usize = 0; place < <usize>min(job.k, job.followed); place++) {
    const key = load<u64>(list + (place << 3));
    if (key == u64.MAX_VALUE) return;
    const other = keyIndex(key);
    if ((via | other) & NEW) consider(job, growing, other & NOT_NEW, row, seen);
  }
}

// @ts-ignore: decorator
@inline
function consider(job: Cells, growing: Growing, other: i32, row: i32, seen: usize): void {
  const seenAt = seen + (<usize>other << 2);
  if (load<i32>(seenAt) == row + 1) return;
  store<i32>(seenAt, row + 1);
  const square = squareOf(growing.own, job.data + packedBytes(job.d, other), job.d);
  if (!(square < growing.limit)) return;
  store<u64>(growing.buffer + (<usize>growing.count << 3), makeKey(square, other | NEW));
  growing.count++;
  growing.found++;
  if (growing.count < capacityOf(job.k)) return;
  selectSmallest(growing.buffer, growing.count, job.k);
  growing.count = job.k;
  growing.limit = keyValue(load<u64>(growing.buffer + (<usize>(job.k - 1) << 3)));
}

/** Turns the lists of a chunk of queries into true distances and the caller's numbers, sorted by (distance, number). */
export function measure(chunk: i32, thread: i32, pointer: usize, queries: i32): void {
  const job = changetype<Cells>(pointer);
  const d = job.d;
  const wide = job.scratch + <usize>thread * job.scratchSize;
  const end = min(queries, chunk * ROWS + ROWS);
  for (let query = chunk * ROWS; query < end; query++) {
    const own = job.data + packedBytes(d, load<i32>(job.queries + (<usize>query << 2)));
    const list = listOf(job, query);
    widenRow(own, d, wide);
    let count = 0;
    for (; count < job.k; count++) {
      const at = list + (<usize>count << 3);
      const key = load<u64>(at);
      if (key == u64.MAX_VALUE) break;
      const other = keyIndex(key) & NOT_NEW;
      const distance = roundedDistance(own, wide, job.data + packedBytes(d, other), d);
      store<u64>(at, makeKey(distance, load<i32>(job.names + (<usize>other << 2))));
    }
    sortKeys(list, count);
  }
}
