// Scores that another engine made, from which candidates are picked here.
import { COMPLETE, lock, offerLocked, offerRows, scoresAt, stateOf, unlock } from './brute';
import { offer, rowOf } from './candidates';
import { BLOCK, Job, SCRATCH } from './job';
import { keyValue, makeKey, nextAbove, selectSmallest } from './keys';

/** The lowest of four scores. */
// @ts-ignore: decorator
@inline
function lowestOf(four: v128): f32 {
  const two = f32x4.pmin(four, v128.shuffle<i32>(four, four, 2, 3, 0, 1));
  return min(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1));
}

/**
 * Begins with a tile of scores of the rows with themselves that another engine made: completes the scores, and sets the
 * rows' thresholds. Of `keep` bundles of columns each holds a score at most as high as the highest of the bundles'
 * lowest, so that is as high as a threshold need be. Chunk c is BLOCK rows, `columns` a multiple of 8.
 */
export function beginTile(
  chunk: i32,
  thread: i32,
  pointer: usize,
  scores: usize,
  row0: i32,
  rows: i32,
  columns: i32,
): void {
  const job = changetype<Job>(pointer);
  const state = stateOf(job);
  const lowest = job.scratch + <usize>thread * SCRATCH;
  // The row itself is in one of them.
  const wanted = job.keep + 1;
  // Smaller bundles where half of the larger ones would be wanted: the threshold would be near the highest of all.
  const isSmall = wanted * 16 > columns;
  const bundles = columns / (isSmall ? 4 : 8);
  const end = min(rows, chunk * BLOCK + BLOCK);
  for (let r = chunk * BLOCK; r < end; r++) {
    const at = <usize>(row0 + r) << 2;
    const owns = f32x4.splat(load<f32>(job.norms + at));
    const factors = f32x4.splat(job.factors ? load<f32>(job.factors + at) : 0);
    const line = scores + (<usize>r * <usize>columns << 2);
    const norms = job.norms + (<usize>row0 << 2);
    let put = lowest;
    for (let c: usize = 0; c < <usize>columns << 2; c += 32) {
      const low = scoresAt(line + c, norms + c, owns, factors, state);
      const high = scoresAt(line + c + 16, norms + c + 16, owns, factors, state);
      v128.store(line + c, low);
      v128.store(line + c, high, 16);
      store<u64>(put, makeKey(lowestOf(isSmall ? low : f32x4.pmin(low, high)), <i32>(c >> 4)));
      put += 8;
      if (!isSmall) continue;
      store<u64>(put, makeKey(lowestOf(high), <i32>(c >> 4) + 1));
      put += 8;
    }
    if (bundles < wanted) continue;
    selectSmallest(lowest, bundles, wanted);
    const highest = keyValue(load<u64>(lowest + (<usize>(wanted - 1) << 3)));
    store<f32>(job.thresholds + at, nextAbove(highest));
  }
}

/** Blocks of columns of a chunk: the block of rows stays in the cache. */
export const TOGETHER: i32 = 4;

/**
 * A tile of scores that another engine made: rows `row0 ..` against columns `column0 ..`, `columns` a multiple
 * of 8 with +∞ in the filling, in the state of the job's tiles unless `beginTile` has completed them. Chunk c is one block of rows
 * with TOGETHER blocks of columns. Both sides get a score, except in the lower half of a tile on the diagonal, which has
 * been seen in the upper one.
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
  const blockA = chunk % down;
  const first = (chunk / down) * TOGETHER;
  const end = min(across, first + TOGETHER);
  for (let blockB = first; blockB < end; blockB++) {
    // Neighbouring chunks begin at different blocks, so that their locks rarely meet.
    const turned = first + ((blockB - first + blockA) % (end - first));
    offerBlock(job, scores, row0, rows, column0, columns, blockA, turned);
  }
}

function offerBlock(
  job: Job,
  scores: usize,
  row0: i32,
  rows: i32,
  column0: i32,
  columns: i32,
  blockA: i32,
  blockB: i32,
): void {
  const rowA = row0 + blockA * BLOCK;
  const rowB = column0 + blockB * BLOCK;
  if (rowB < rowA) return;
  const stride = <usize>columns << 2;
  const tall = min(BLOCK, row0 + rows - rowA);
  const wide = min(BLOCK, column0 + columns - rowB);
  const corner = scores + <usize>(rowA - row0) * stride + (<usize>(rowB - column0) << 2);
  if (rowA != rowB) {
    offerLocked(job, corner, stride, rowA, tall, rowB, wide, row0 == column0 ? COMPLETE : stateOf(job));
    return;
  }
  const lockA = job.locks + (<usize>(rowA / BLOCK) << 2);
  lock(lockA);
  offerRows(job, corner, stride, rowA, tall, rowB, wide);
  unlock(lockA);
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
