// All pairs, in tiles of 128 × 128 products. Every score is a lower bound on the squared distance (scaled).
import { offer, offerBounded, refineSlots, rowOf } from './candidates';
import { BLOCK, Job, SCRATCH } from './job';
import { packPanel } from './pack';
import { tile } from './tile';

/** Bytes of a line of scores. */
export const STRIDE: usize = <usize>BLOCK << 2;

// @ts-ignore: decorator
@inline
export function lock(at: usize): void {
  while (atomic.cmpxchg<i32>(at, 0, 1) != 0) {}
}

// @ts-ignore: decorator
@inline
export function unlock(at: usize): void {
  atomic.store<i32>(at, 0);
}

/** Turns a row of products into scores, in place. */
// @ts-ignore: decorator
@inline
function scoreRow(line: usize, norm: f32, norms: usize, columns: i32): void {
  const own = f32x4.splat(norm);
  for (let c: usize = 0; c < <usize>columns << 2; c += 16) {
    const product = v128.load(line + c);
    const sum = f32x4.add(own, v128.load(norms + c));
    v128.store(line + c, f32x4.sub(sum, f32x4.add(product, product)));
  }
}

/**
 * Offers a slot the columns of a line of scores that are under its threshold, except column `row`, by score or, where `isBounded`, by bound.
 * `columns` is a multiple of 8.
 */
export function offerLine(job: Job, slot: i32, line: usize, column0: i32, columns: i32, row: i32, isBounded: bool): void {
  let limit = load<f32>(job.thresholds + (<usize>slot << 2));
  let limits = f32x4.splat(limit);
  for (let c = 0; c < columns; c += 8) {
    const at = line + (<usize>c << 2);
    const low = f32x4.lt(v128.load(at), limits);
    const high = f32x4.lt(v128.load(at, 16), limits);
    if (!v128.any_true(v128.or(low, high))) continue;
    let mask = i32x4.bitmask(low) | (i32x4.bitmask(high) << 4);
    while (mask) {
      const lane = ctz(mask);
      mask &= mask - 1;
      const score = load<f32>(at + (<usize>lane << 2));
      const index = column0 + c + lane;
      if (!(score < limit) || index == row) continue;
      limit = isBounded ? offerBounded(job, slot, index, score) : offer(job, slot, index, score);
    }
    limits = f32x4.splat(limit);
  }
}

/** Offers a tile's rows the columns that are under their thresholds. `columns` is a multiple of 8. */
export function offerRows(job: Job, scores: usize, stride: usize, slot0: i32, rows: i32, column0: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    const slot = slot0 + r;
    offerLine(job, slot, scores + <usize>r * stride, column0, columns, slot, false);
  }
}

/** What the numbers of a tile are. */
export const COMPLETE: i32 = 0;
/** Scores to which the norms of the rows are still to be added. */
export const OWN_DUE: i32 = 1;
/** Products, to be multiplied by the factors of the rows; both norms are still to be added. */
export const PRODUCTS: i32 = 2;

/** What a tile of another engine holds. */
// @ts-ignore: decorator
@inline
export function stateOf(job: Job): i32 {
  return job.factors ? PRODUCTS : OWN_DUE;
}

/** Four scores of a row from the four numbers at `at`, see COMPLETE. `norms` points at the norms of their columns. */
// @ts-ignore: decorator
@inline
export function scoresAt(at: usize, norms: usize, owns: v128, factors: v128, state: i32): v128 {
  const numbers = v128.load(at);
  if (state == COMPLETE) return numbers;
  if (state == OWN_DUE) return f32x4.add(numbers, owns);
  return f32x4.add(f32x4.add(v128.load(norms), owns), f32x4.mul(numbers, factors));
}

/** Offers both sides of a tile each other's rows, in one pass; `rowA` and `rowB` begin different blocks. */
// @ts-ignore: decorator
@inline
function offerBoth(
  job: Job,
  scores: usize,
  stride: usize,
  rowA: i32,
  rows: i32,
  rowB: i32,
  columns: i32,
  state: i32,
  tracks: bool,
): void {
  const padded = <usize>job.panels << 5;
  // Minima of these rows with the columns' tile, and of the columns with the rows' tile.
  const minimaA = tracks ? job.minima + <usize>(rowB / job.side) * padded + (<usize>rowA << 2) : 0;
  const minimaB = tracks ? job.minima + <usize>(rowA / job.side) * padded + (<usize>rowB << 2) : 0;
  const thresholdsB = job.thresholds + (<usize>rowB << 2);
  const normsB = job.norms + (<usize>rowB << 2);
  for (let r = 0; r < rows; r++) {
    const row = rowA + r;
    const line = scores + <usize>r * stride;
    const owns = f32x4.splat(state == COMPLETE ? 0 : load<f32>(job.norms + (<usize>row << 2)));
    const factors = f32x4.splat(state == PRODUCTS ? load<f32>(job.factors + (<usize>row << 2)) : 0);
    let limit = load<f32>(job.thresholds + (<usize>row << 2));
    let limits = f32x4.splat(limit);
    let least = f32x4.splat(Infinity);
    for (let c = 0; c < columns; c += 8) {
      const at = line + (<usize>c << 2);
      const limitAt = thresholdsB + (<usize>c << 2);
      const normsAt = normsB + (<usize>c << 2);
      const low = scoresAt(at, normsAt, owns, factors, state);
      const high = scoresAt(at + 16, normsAt + 16, owns, factors, state);
      if (tracks) {
        least = f32x4.pmin(least, f32x4.pmin(low, high));
        const minimumAt = minimaB + (<usize>c << 2);
        v128.store(minimumAt, f32x4.pmin(v128.load(minimumAt), low));
        v128.store(minimumAt, f32x4.pmin(v128.load(minimumAt, 16), high), 16);
      }
      const isLow = f32x4.lt(low, f32x4.pmax(v128.load(limitAt), limits));
      const isHigh = f32x4.lt(high, f32x4.pmax(v128.load(limitAt, 16), limits));
      if (!v128.any_true(v128.or(isLow, isHigh))) continue;
      let mask = i32x4.bitmask(isLow) | (i32x4.bitmask(isHigh) << 4);
      if (state != COMPLETE) {
        v128.store(at, low);
        v128.store(at, high, 16);
      }
      while (mask) {
        const lane = ctz(mask);
        mask &= mask - 1;
        const score = load<f32>(at + (<usize>lane << 2));
        const other = rowB + c + lane;
        if (score < limit) limit = offer(job, row, other, score);
        if (score < load<f32>(limitAt + (<usize>lane << 2))) offer(job, other, row, score);
      }
      limits = f32x4.splat(limit);
    }
    if (tracks) {
      const minimumAt = minimaA + (<usize>r << 2);
      const two = f32x4.pmin(least, v128.shuffle<i32>(least, least, 2, 3, 0, 1));
      store<f32>(minimumAt, min(load<f32>(minimumAt), min(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1))));
    }
  }
}

/** Locks two blocks, the lower one first, so that two threads never wait for each other. */
export function offerLocked(
  job: Job,
  scores: usize,
  stride: usize,
  rowA: i32,
  rows: i32,
  rowB: i32,
  columns: i32,
  state: i32,
): void {
  const lockA = job.locks + (<usize>(min(rowA, rowB) / BLOCK) << 2);
  const lockB = job.locks + (<usize>(max(rowA, rowB) / BLOCK) << 2);
  lock(lockA);
  lock(lockB);
  // Written out, so that each is compiled for its state. Minima are of products by ONNX Runtime only, which are never COMPLETE.
  if (state == COMPLETE) offerBoth(job, scores, stride, rowA, rows, rowB, columns, COMPLETE, false);
  else if (state == OWN_DUE && job.minima) offerBoth(job, scores, stride, rowA, rows, rowB, columns, OWN_DUE, true);
  else if (state == OWN_DUE) offerBoth(job, scores, stride, rowA, rows, rowB, columns, OWN_DUE, false);
  else if (job.minima) offerBoth(job, scores, stride, rowA, rows, rowB, columns, PRODUCTS, true);
  else offerBoth(job, scores, stride, rowA, rows, rowB, columns, PRODUCTS, false);
  unlock(lockB);
  unlock(lockA);
}

/**
 * All pairs of blocks: block a against itself and the `blocks / 2` that follow it, around the end, so each pair once;
 * both sides get the score. Chunk c is `group` of these for one block, whose rows and buffers stay in the cache.
 * Chunks that follow one another are of blocks `step` apart (no factor in common with `blocks`), far from each
 * other, so that their locks rarely meet.
 */
export function scanPairs(chunk: i32, thread: i32, pointer: usize, group: i32, step: i32): void {
  const job = changetype<Job>(pointer);
  const blocks = (job.n + BLOCK - 1) / BLOCK;
  const blockA = <i32>((<i64>(chunk % blocks) * <i64>step) % <i64>blocks);
  const first = (chunk / blocks) * group;
  // Of an even number of blocks those opposite each other meet once.
  const count = (blocks >> 1) + ((blocks & 1) != 0 || blockA < blocks >> 1 ? 1 : 0);
  const end = min(count, first + group);
  const scores = job.scratch + <usize>thread * SCRATCH;
  for (let apart = first; apart < end; apart++) scanPair(job, blockA, (blockA + apart) % blocks, scores);
}

function scanPair(job: Job, blockA: i32, blockB: i32, scores: usize): void {
  const n = job.n;
  const d = job.d;
  const rowA = blockA * BLOCK;
  const rowB = blockB * BLOCK;
  const rows = min(BLOCK, n - rowA);
  const panelsA = (rows + 7) >> 3;
  const panelsB = (min(BLOCK, n - rowB) + 7) >> 3;
  const blockBytes = <usize>BLOCK * <usize>d << 2;
  const packedA = job.packed + <usize>blockA * blockBytes;
  const packedB = job.packed + <usize>blockB * blockBytes;
  tile(packedA, panelsA, packedB, panelsB, d, scores, STRIDE);
  const norms = job.norms + (<usize>rowB << 2);
  for (let r = 0; r < rows; r++) {
    const norm = load<f32>(job.norms + (<usize>(rowA + r) << 2));
    scoreRow(scores + <usize>r * STRIDE, norm, norms, panelsB << 3);
  }
  if (blockA != blockB) {
    offerLocked(job, scores, STRIDE, rowA, rows, rowB, panelsB << 3, COMPLETE);
    return;
  }
  lock(job.locks + (<usize>blockA << 2));
  offerRows(job, scores, STRIDE, rowA, rows, rowB, panelsB << 3);
  unlock(job.locks + (<usize>blockA << 2));
}

/** Packs the chunk's group of query rows. Returns how many panels it has. */
export function packGroup(job: Job, chunk: i32, centre: usize, scale: f32, slack: f64): i32 {
  const first = chunk * job.group;
  const end = min((job.slots + 7) >> 3, first + job.group);
  for (let panel = first; panel < end; panel++) {
    const rows = job.queries ? job.queries : job.data;
    packPanel(rows, job.slots, job.d, centre, scale, slack, job.ids, panel, job.slotPacked, job.slotNorms);
  }
  return end - first;
}

/** Writes the scores of the chunk's query rows against one block of all rows. Returns the number of columns. */
export function scoreGroup(job: Job, chunk: i32, groupPanels: i32, block: i32, scores: usize): i32 {
  const d = job.d;
  const panels = min(BLOCK >> 3, job.panels - block * (BLOCK >> 3));
  const packed = job.packed + (<usize>block * <usize>BLOCK * <usize>d << 2);
  const own = job.slotPacked + (<usize>(chunk * job.group) * <usize>d << 5);
  tile(own, groupPanels, packed, panels, d, scores, STRIDE);
  const norms = job.norms + (<usize>(block * BLOCK) << 2);
  const slot0 = chunk * job.group * 8;
  const rows = min(groupPanels * 8, job.slots - slot0);
  for (let r = 0; r < rows; r++) {
    const norm = load<f32>(job.slotNorms + (<usize>(slot0 + r) << 2));
    scoreRow(scores + <usize>r * STRIDE, norm, norms, panels << 3);
  }
  return panels << 3;
}

/** Compares the chunk's group of query rows with all rows, by score or, where `isBounded`, by bound. */
export function scanRows(
  chunk: i32,
  thread: i32,
  pointer: usize,
  centre: usize,
  scale: f32,
  slack: f64,
  isBounded: i32,
): void {
  const job = changetype<Job>(pointer);
  const groupPanels = packGroup(job, chunk, centre, scale, slack);
  const scores = job.scratch + <usize>thread * SCRATCH;
  const slot0 = chunk * job.group * 8;
  const rows = min(groupPanels * 8, job.slots - slot0);
  const blocks = (job.n + BLOCK - 1) / BLOCK;
  for (let block = 0; block < blocks; block++) {
    const columns = scoreGroup(job, chunk, groupPanels, block, scores);
    const column0 = block * BLOCK;
    for (let r = 0; r < rows; r++) {
      const slot = slot0 + r;
      // A row is not its own neighbour.
      const row = job.queries ? -1 : rowOf(job, slot);
      offerLine(job, slot, scores + <usize>r * STRIDE, column0, columns, row, isBounded != 0);
    }
  }
  refineSlots(job, slot0, slot0 + rows, isBounded != 0, scores);
}

/** Chunk's 32 slots after `scanPairs`. */
export function refine(chunk: i32, thread: i32, pointer: usize): void {
  const job = changetype<Job>(pointer);
  refineSlots(job, chunk * 32, min(job.slots, chunk * 32 + 32), false, job.scratch + <usize>thread * SCRATCH);
}
