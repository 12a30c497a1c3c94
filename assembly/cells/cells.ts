// Approximate neighbours. Rows lie in cells around centres; a row is compared with the rows of the few cells nearest to it, in
// tiles of products (an inverted file, Jégou, Douze and Schmid 2011). Lists are then improved by the neighbours of neighbours
// (NN-descent, Dong, Moses and Li 2011). All results depend on the input only, not on which thread worked.
import { STRIDE } from '../neighbors/brute';
import { roundedDistance, roundedDistances, widenRow } from '../neighbors/distance';
import { BLOCK, SCRATCH } from '../neighbors/job';
import { keyIndex, keyValue, makeKey, selectSmallest, sortKeys } from '../neighbors/keys';
import { tile } from '../neighbors/tile';
import { packEight } from './pack';
import { squareOf } from './square';

/** Query rows of a part at most. */
export const PART: i32 = 1024;
/** Rows of a chunk of `descend` and `measure`. */
export const ROWS: i32 = 64;
/** Set in the row number of a neighbour that the last round found. */
export const NEW: i32 = 0x80000000;
export const NOT_NEW: i32 = 0x7fffffff;

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
  /** rows of lowest scores that are kept for it, at least k. */
  keep: i32;
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
  /** Of scores made elsewhere: per row its squared norm, and what its products are multiplied by; float32. */
  norms: usize;
  factors: usize;
}

/** Keys of a slot's buffer: half of them are dropped when it is full. */
// @ts-ignore: decorator
@inline
export function capacityOf(k: i32): i32 {
  return 2 * k + 32;
}

// | queries packed | their norms | rows packed | their norms | rows of queries | counts | limits | buffers | scores |
export function packedBytes(d: i32, rows: i32): usize {
  return <usize>rows * <usize>d << 2;
}

/** Bytes of scratch that a thread needs. */
export function scratchBytes(d: i32, keep: i32): usize {
  const each = <usize>PART * (16 + ((<usize>capacityOf(keep)) << 3));
  return packedBytes(d, PART) + packedBytes(d, BLOCK) + (<usize>BLOCK << 2) + each + SCRATCH + 4096;
}

// Of a thread's scratch:
// @ts-ignore: decorator
@inline
function countsOf(job: Cells, thread: i32): usize {
  const d = job.d;
  const rows = (<usize>PART << 2) + packedBytes(d, BLOCK) + (<usize>BLOCK << 2);
  return job.scratch + <usize>thread * job.scratchSize + packedBytes(d, PART) + rows + (<usize>PART << 2);
}

// @ts-ignore: decorator
@inline
function limitsOf(counts: usize): usize {
  return counts + (<usize>PART << 2);
}

// @ts-ignore: decorator
@inline
function scoresOf(counts: usize): usize {
  return (limitsOf(counts) + (<usize>PART << 2) + 15) & ~15;
}

// @ts-ignore: decorator
@inline
function bufferAt(job: Cells, counts: usize, slot: i32): usize {
  return scoresOf(counts) + SCRATCH + ((<usize>slot * <usize>capacityOf(job.keep)) << 3);
}

/** Empties the lists of a part's queries. */
export function beginPart(thread: i32, pointer: usize, count: i32): void {
  const job = changetype<Cells>(pointer);
  const counts = countsOf(job, thread);
  for (let slot: usize = 0; slot < <usize>count << 2; slot += 4) {
    store<i32>(counts + slot, 0);
    store<f32>(limitsOf(counts) + slot, <f32>Infinity);
  }
}

/**
 * Offers rows row0 … by scores made elsewhere to queries of a part whose rows are those from `first` on: line after line of `wide`
 * products, of a query in the slot that `slots` names. `norms`: squared norms of these rows, +∞ for what is no row.
 */
export function offerScores(
  thread: i32,
  pointer: usize,
  first: i32,
  slots: usize,
  lines: i32,
  scores: usize,
  wide: i32,
  norms: usize,
  row0: i32,
): void {
  const job = changetype<Cells>(pointer);
  const counts = countsOf(job, thread);
  for (let line = 0; line < lines; line++) {
    const slot = load<i32>(slots + (<usize>line << 2));
    const own = <usize>(first + slot) << 2;
    offerLine(
      job.keep,
      scores + ((<usize>line * <usize>wide) << 2),
      wide,
      load<f32>(job.norms + own),
      load<f32>(job.factors + own),
      norms,
      row0,
      first + slot,
      bufferAt(job, counts, slot),
      counts + (<usize>slot << 2),
      limitsOf(counts) + (<usize>slot << 2),
    );
  }
}

/** Writes the lists of a part's queries, from query `first` on: of the rows kept for each the k nearest. */
export function endPart(thread: i32, pointer: usize, first: i32, count: i32): void {
  const job = changetype<Cells>(pointer);
  const d = job.d;
  const counts = countsOf(job, thread);
  for (let slot = 0; slot < count; slot++) {
    const buffer = bufferAt(job, counts, slot);
    const own = job.data + packedBytes(d, load<i32>(job.queries + (<usize>(first + slot) << 2)));
    let kept = load<i32>(counts + (<usize>slot << 2));
    if (kept > job.keep) {
      selectSmallest(buffer, kept, job.keep);
      kept = job.keep;
    }
    for (let at = buffer; at < buffer + (<usize>kept << 3); at += 8) {
      const other = keyIndex(load<u64>(at));
      store<u64>(at, makeKey(squareOf(own, job.data + packedBytes(d, other), d), other | NEW));
    }
    sortKeys(buffer, kept);
    writeList(buffer, min(kept, job.k), job.lists + ((<usize>(first + slot) * <usize>job.k) << 3), job.k);
  }
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
  const counts = countsOf(job, thread);
  const scores = scoresOf(counts);
  beginPart(thread, pointer, count);
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
            job.keep,
            scores + <usize>line * STRIDE,
            rowPanels << 3,
            load<f32>(queryNorms + at),
            -2,
            rowNorms,
            row,
            load<i32>(rows + at),
            bufferAt(job, counts, slot),
            counts + (<usize>slot << 2),
            limitsOf(counts) + (<usize>slot << 2),
          );
        }
      }
    }
  }
  endPart(thread, pointer, first, count);
}

// @ts-ignore: decorator
@inline
export function listOf(job: Cells, row: i32): usize {
  return job.lists + ((<usize>row * <usize>job.k) << 3);
}

export function writeList(buffer: usize, count: i32, list: usize, k: i32): void {
  memory.copy(list, buffer, <usize>count << 3);
  for (let place = count; place < k; place++) store<u64>(list + (<usize>place << 3), u64.MAX_VALUE);
}

/** Offers a query the rows of a line of products whose score, norm + norms + factor · product, is below the `keep` lowest so far. */
function offerLine(
  keep: i32,
  line: usize,
  columns: i32,
  norm: f32,
  factor: f32,
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
  const factors = f32x4.splat(factor);
  for (let column = 0; column < columns; column += 4) {
    const skip = <usize>column << 2;
    const product = v128.load(line + skip);
    const score = f32x4.add(f32x4.add(norms4, v128.load(norms + skip)), f32x4.mul(factors, product));
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
      if (count < capacityOf(keep)) continue;
      selectSmallest(buffer, count, keep);
      count = keep;
      limit = keyValue(load<u64>(buffer + (<usize>(keep - 1) << 3)));
      limits = f32x4.splat(limit);
    }
  }
  store<i32>(countAt, count);
  store<f32>(limitAt, limit);
}

/** Turns the lists of a chunk of queries into true distances and the caller's numbers, sorted by (distance, number). */
export function measure(chunk: i32, thread: i32, pointer: usize, queries: i32): void {
  const job = changetype<Cells>(pointer);
  const d = job.d;
  // The row in float64, and four distances behind it.
  const wide = job.scratch + <usize>thread * job.scratchSize;
  const found = wide + (<usize>d << 3);
  const end = min(queries, chunk * ROWS + ROWS);
  for (let query = chunk * ROWS; query < end; query++) {
    const own = job.data + packedBytes(d, load<i32>(job.queries + (<usize>query << 2)));
    const list = listOf(job, query);
    widenRow(own, d, wide);
    let count = 0;
    while (count < job.k && load<u64>(list + (<usize>count << 3)) != u64.MAX_VALUE) count++;
    let place = 0;
    for (; place + 4 <= count; place += 4) {
      const at = list + (<usize>place << 3);
      const other0 = rowAt(at);
      const other1 = rowAt(at + 8);
      const other2 = rowAt(at + 16);
      const other3 = rowAt(at + 24);
      roundedDistances(
        own, wide,
        job.data + packedBytes(d, other0), job.data + packedBytes(d, other1),
        job.data + packedBytes(d, other2), job.data + packedBytes(d, other3),
        d, found,
      );
      store<u64>(at, makeKey(load<f32>(found), nameOf(job, other0)));
      store<u64>(at, makeKey(load<f32>(found, 4), nameOf(job, other1)), 8);
      store<u64>(at, makeKey(load<f32>(found, 8), nameOf(job, other2)), 16);
      store<u64>(at, makeKey(load<f32>(found, 12), nameOf(job, other3)), 24);
    }
    for (; place < count; place++) {
      const at = list + (<usize>place << 3);
      const other = rowAt(at);
      const distance = roundedDistance(own, wide, job.data + packedBytes(d, other), d);
      store<u64>(at, makeKey(distance, nameOf(job, other)));
    }
    sortKeys(list, count);
  }
}

/** The row of a key. */
// @ts-ignore: decorator
@inline
function rowAt(key: usize): i32 {
  return keyIndex(load<u64>(key)) & NOT_NEW;
}

// @ts-ignore: decorator
@inline
function nameOf(job: Cells, row: i32): i32 {
  return load<i32>(job.names + (<usize>row << 2));
}
