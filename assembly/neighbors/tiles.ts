// Scores that another engine made, from which candidates are picked here.
import { offerLine, offerLocked, offerRows, scoresAt, stateOf } from './brute';
import { offer, rowOf } from './candidates';
import { BLOCK, Job, SCRATCH } from './job';
import { nextAbove } from './keys';

/** Halvings after which a threshold is near enough to the lowest that is allowed. */
const HALVINGS: i32 = 12;

/**
 * A tile of scores that another engine made, in the state of the job's tiles: rows `row0 ..` against columns `column0 ..`, which these rows
 * are among, `columns` a multiple of 8 with +∞ in the filling. Completes the scores, sets the rows' thresholds, and offers the rows
 * their scores. Of `keep` bundles of columns each holds a score at most as high as the highest of the bundles' lowest, so that is as high
 * as a threshold need be. Chunk c is BLOCK rows.
 */
export function beginTile(
  chunk: i32,
  thread: i32,
  pointer: usize,
  scores: usize,
  row0: i32,
  rows: i32,
  column0: i32,
  columns: i32,
): void {
  const job = changetype<Job>(pointer);
  const state = stateOf(job);
  const lowest = job.scratch + <usize>thread * SCRATCH;
  // The row itself is in one of them.
  const wanted = job.keep + 1;
  // Bundles of four columns where half of those of eight would be wanted: the threshold would be near the highest of all.
  const fours = columns >> 2;
  const lines = fours / (wanted * 16 > columns ? 4 : 8);
  const bytes = <usize>lines << 4;
  const end = min(rows, chunk * BLOCK + BLOCK);
  for (let r = chunk * BLOCK; r < end; r++) {
    const at = <usize>(row0 + r) << 2;
    const owns = f32x4.splat(load<f32>(job.norms + at));
    const factors = f32x4.splat(job.factors ? load<f32>(job.factors + at) : 0);
    const line = scores + (<usize>r * <usize>columns << 2);
    const norms = job.norms + (<usize>column0 << 2);
    for (let b: usize = 0; b < bytes; b += 16) v128.store(lowest + b, f32x4.splat(Infinity));
    let bundle: usize = 0;
    for (let c: usize = 0; c < <usize>columns << 2; c += 16) {
      const four = scoresAt(line + c, norms + c, owns, factors, state);
      v128.store(line + c, four);
      v128.store(lowest + bundle, f32x4.pmin(v128.load(lowest + bundle), four));
      bundle = bundle + 16 < bytes ? bundle + 16 : 0;
    }
    if (lines << 2 >= wanted) {
      const most = atLeast(lowest, bytes, wanted);
      if (most < <f32>Infinity) store<f32>(job.thresholds + at, nextAbove(most));
    }
    offerRows(job, line, 0, row0 + r, 1, column0, columns);
  }
}

/** A number that at least `wanted` of the float32 in `bytes` bytes don't exceed, near the lowest such number; +∞ where there is no finite one. */
function atLeast(numbers: usize, bytes: usize, wanted: i32): f32 {
  let lows = f32x4.splat(Infinity);
  let highs = f32x4.splat(-Infinity);
  for (let b: usize = 0; b < bytes; b += 16) {
    const four = v128.load(numbers + b);
    lows = f32x4.pmin(lows, four);
    highs = f32x4.pmax(highs, v128.bitselect(four, lows, f32x4.lt(four, f32x4.splat(Infinity))));
  }
  let low = min(min(f32x4.extract_lane(lows, 0), f32x4.extract_lane(lows, 1)), min(f32x4.extract_lane(lows, 2), f32x4.extract_lane(lows, 3)));
  let high = max(max(f32x4.extract_lane(highs, 0), f32x4.extract_lane(highs, 1)), max(f32x4.extract_lane(highs, 2), f32x4.extract_lane(highs, 3)));
  if (!(high < <f32>Infinity) || countWithin(numbers, bytes, high) < wanted) return <f32>Infinity;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = low + (high - low) * 0.5;
    const count = countWithin(numbers, bytes, middle);
    if (count >= wanted) high = middle;
    else low = middle;
    if (count == wanted) break;
  }
  return high;
}

/** How many of the float32 in `bytes` bytes don't exceed `most`. */
function countWithin(numbers: usize, bytes: usize, most: f32): i32 {
  const mosts = f32x4.splat(most);
  let counts = i32x4.splat(0);
  // A comparison that holds is −1.
  for (let b: usize = 0; b < bytes; b += 16) counts = i32x4.sub(counts, f32x4.le(v128.load(numbers + b), mosts));
  return i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1) + i32x4.extract_lane(counts, 2) + i32x4.extract_lane(counts, 3);
}

/** Blocks of columns of a chunk: the block of rows stays in the cache. */
export const TOGETHER: i32 = 4;

/**
 * A tile of scores that another engine made: rows `row0 ..` against columns `column0 ..`, which are of other blocks, `columns` a multiple
 * of 8 with +∞ in the filling, in the state of the job's tiles. Both sides get a score. Chunk c is one block of rows with TOGETHER
 * blocks of columns.
 */
export function offerTile(
  chunk: i32,
  _thread: i32,
  pointer: usize,
  scores: usize,
  row0: i32,
  rows: i32,
  column0: i32,
  columns: i32,
): void {
  const job = changetype<Job>(pointer);
  const down = (rows + BLOCK - 1) / BLOCK;
  const across = (columns + BLOCK - 1) / BLOCK;
  const rowA = row0 + (chunk % down) * BLOCK;
  const first = (chunk / down) * TOGETHER;
  const count = min(across, first + TOGETHER) - first;
  const stride = <usize>columns << 2;
  const tall = min(BLOCK, row0 + rows - rowA);
  const line = scores + <usize>(rowA - row0) * stride;
  for (let turn = 0; turn < count; turn++) {
    // Neighbouring blocks of rows begin at different blocks of columns, so that their locks rarely meet.
    const skipped = (first + ((turn + rowA / BLOCK) % count)) * BLOCK;
    const wide = min(BLOCK, columns - skipped);
    offerLocked(job, line + (<usize>skipped << 2), stride, rowA, tall, column0 + skipped, wide, stateOf(job));
  }
}

/**
 * A tile of scores that another engine made for query rows that are not rows of the data: slots `slot0 ..` against columns `column0 ..`,
 * the columns' norms added and `slotNorms` to be added, `columns` a multiple of 8 with +∞ in the filling. Completes the scores. Chunk c is
 * 32 slots.
 */
export function offerOthers(
  chunk: i32,
  _thread: i32,
  pointer: usize,
  scores: usize,
  slot0: i32,
  slots: i32,
  column0: i32,
  columns: i32,
): void {
  const job = changetype<Job>(pointer);
  const end = min(slots, chunk * 32 + 32);
  for (let r = chunk * 32; r < end; r++) {
    const slot = slot0 + r;
    const line = scores + (<usize>r * <usize>columns << 2);
    const owns = f32x4.splat(load<f32>(job.slotNorms + (<usize>slot << 2)));
    for (let c: usize = 0; c < <usize>columns << 2; c += 16) v128.store(line + c, f32x4.add(v128.load(line + c), owns));
    offerLine(job, slot, line, column0, columns, -1, false);
  }
}

/**
 * What a device found nearest among columns `column0 ..` for slots `slot0 ..`: per slot `kept` scores, ascending, own norms not
 * yet added, and places (float32, relative to column0; those beyond the last row stand for nothing). Where `isCut` there
 * were more columns, with scores no lower than the last one. Chunk c is 32 slots.
 */
export function offerNearest(
  chunk: i32,
  _thread: i32,
  pointer: usize,
  scores: usize,
  places: usize,
  kept: i32,
  slot0: i32,
  slots: i32,
  column0: i32,
  isCut: i32,
): void {
  const job = changetype<Job>(pointer);
  const end = min(slots, chunk * 32 + 32);
  for (let r = chunk * 32; r < end; r++) {
    const slot = slot0 + r;
    const row = rowOf(job, slot);
    const own = load<f32>(job.norms + (<usize>row << 2));
    const line = (<usize>r * <usize>kept) << 2;
    const thresholdAt = job.thresholds + (<usize>slot << 2);
    for (let c = 0; c < kept; c++) {
      const at = line + (<usize>c << 2);
      const index = column0 + <i32>load<f32>(places + at);
      const score = own + load<f32>(scores + at);
      if (index != row && index < job.n && score < load<f32>(thresholdAt)) offer(job, slot, index, score);
    }
    if (!isCut) continue;
    const last = own + load<f32>(scores + line + (<usize>(kept - 1) << 2));
    store<f32>(thresholdAt, min(load<f32>(thresholdAt), last));
  }
}
