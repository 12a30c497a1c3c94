// Approximate neighbours. Rows lie in cells around centres; a row is compared with the rows of the few cells nearest to it, in
// tiles of products (an inverted file, Jégou, Douze and Schmid 2011). Lists are then improved by the neighbours of neighbours
// (NN-descent, Dong, Moses and Li 2011). All results depend on the input only, not on which thread worked.
import { STRIDE } from '../neighbors/brute';
import { roundedDistance, widenRow } from '../neighbors/distance';
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
export function capacityOf(k: i32): i32 {
  return 2 * k + 32;
}

// | queries packed | their norms | rows packed | their norms | rows of queries | counts | limits | buffers | scores |
export function packedBytes(d: i32, rows: i32): usize {
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

// @ts-ignore: decorator
@inline
export function listOf(job: Cells, row: i32): usize {
  return job.lists + ((<usize>row * <usize>job.k) << 3);
}

export function writeList(buffer: usize, count: i32, list: usize, k: i32): void {
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
