// All pairs, in tiles of 128 × 128 products. Every score is a lower bound on the squared distance (scaled).
import { bufferOf, offer, offerBounded, refineSlots, rowOf, scoreAbove } from './candidates';
import { squaredDistance } from './distance';
import { BLOCK, Job, SCRATCH } from './job';
import { keyValue, makeKey, nextAbove, selectSmallest } from './keys';
import { packPanel } from './pack';
import { tile } from './tile';

const STRIDE: usize = <usize>BLOCK << 2;

// @ts-ignore: decorator
@inline
function lock(at: usize): void {
  if (ASC_FEATURE_THREADS) {
    while (atomic.cmpxchg<i32>(at, 0, 1) != 0) {}
  }
}

// @ts-ignore: decorator
@inline
function unlock(at: usize): void {
  if (ASC_FEATURE_THREADS) atomic.store<i32>(at, 0);
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

/** Offers a tile's rows the columns that are under their thresholds. `columns` is a multiple of 8. */
function offerRows(job: Job, scores: usize, stride: usize, slot0: i32, rows: i32, column0: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    const slot = slot0 + r;
    const line = scores + <usize>r * stride;
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
        if (score < limit && index != slot) limit = offer(job, slot, index, score);
      }
      limits = f32x4.splat(limit);
    }
  }
}

/**
 * Offers both sides of a tile each other's rows, in one pass; `rowA` and `rowB` begin different blocks. `isOwnDue`:
 * the norms of A's rows are still to be added.
 */
function offerBoth(
  job: Job,
  scores: usize,
  stride: usize,
  rowA: i32,
  rows: i32,
  rowB: i32,
  columns: i32,
  isOwnDue: bool,
): void {
  const thresholdsB = job.thresholds + (<usize>rowB << 2);
  for (let r = 0; r < rows; r++) {
    const row = rowA + r;
    const line = scores + <usize>r * stride;
    const own = isOwnDue ? load<f32>(job.norms + (<usize>row << 2)) : 0;
    const owns = f32x4.splat(own);
    let limit = load<f32>(job.thresholds + (<usize>row << 2));
    let limits = f32x4.splat(limit);
    for (let c = 0; c < columns; c += 8) {
      const at = line + (<usize>c << 2);
      const limitAt = thresholdsB + (<usize>c << 2);
      const low = f32x4.add(v128.load(at), owns);
      const high = f32x4.add(v128.load(at, 16), owns);
      const isLow = f32x4.lt(low, f32x4.pmax(v128.load(limitAt), limits));
      const isHigh = f32x4.lt(high, f32x4.pmax(v128.load(limitAt, 16), limits));
      if (!v128.any_true(v128.or(isLow, isHigh))) continue;
      let mask = i32x4.bitmask(isLow) | (i32x4.bitmask(isHigh) << 4);
      while (mask) {
        const lane = ctz(mask);
        mask &= mask - 1;
        const score = load<f32>(at + (<usize>lane << 2)) + own;
        const other = rowB + c + lane;
        if (score < limit) limit = offer(job, row, other, score);
        if (score < load<f32>(limitAt + (<usize>lane << 2))) offer(job, other, row, score);
      }
      limits = f32x4.splat(limit);
    }
  }
}

/** Locks two blocks, the lower one first, so that two threads never wait for each other. */
function offerLocked(
  job: Job,
  scores: usize,
  stride: usize,
  rowA: i32,
  rows: i32,
  rowB: i32,
  columns: i32,
  isOwnDue: bool,
): void {
  const lockA = job.locks + (<usize>(min(rowA, rowB) / BLOCK) << 2);
  const lockB = job.locks + (<usize>(max(rowA, rowB) / BLOCK) << 2);
  lock(lockA);
  lock(lockB);
  offerBoth(job, scores, stride, rowA, rows, rowB, columns, isOwnDue);
  unlock(lockB);
  unlock(lockA);
}

/**
 * Chunk c of all pairs of blocks: block c mod blocks against the one c / blocks further, each pair once, so both
 * sides get the score. Neighbouring chunks touch different blocks, so their locks rarely meet.
 */
export function scanPairs(chunk: i32, thread: i32, pointer: usize): void {
  const job = changetype<Job>(pointer);
  const n = job.n;
  const d = job.d;
  const blocks = (n + BLOCK - 1) / BLOCK;
  const blockA = chunk % blocks;
  const blockB = (blockA + chunk / blocks) % blocks;
  const scores = job.scratch + <usize>thread * SCRATCH;
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
    offerLocked(job, scores, STRIDE, rowA, rows, rowB, panelsB << 3, false);
    return;
  }
  lock(job.locks + (<usize>blockA << 2));
  offerRows(job, scores, STRIDE, rowA, rows, rowB, panelsB << 3);
  unlock(job.locks + (<usize>blockA << 2));
}

/** Columns of which only the lowest score is looked at. */
const BUNDLE: i32 = 8;

/**
 * Begins with a tile of scores of the rows with themselves that another engine made: adds the rows' own norms, and sets
 * their thresholds. Of `keep` bundles of columns each holds a score at most as high as the highest of the bundles'
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
  const lowest = job.scratch + <usize>thread * SCRATCH;
  const bundles = columns / BUNDLE;
  // The row itself is in one of them.
  const wanted = job.keep + 1;
  const end = min(rows, chunk * BLOCK + BLOCK);
  for (let r = chunk * BLOCK; r < end; r++) {
    const at = <usize>(row0 + r) << 2;
    const own = f32x4.splat(load<f32>(job.norms + at));
    const line = scores + (<usize>r * <usize>columns << 2);
    for (let bundle = 0; bundle < bundles; bundle++) {
      const eight = line + (<usize>bundle << 5);
      const low = f32x4.add(own, v128.load(eight));
      const high = f32x4.add(own, v128.load(eight, 16));
      v128.store(eight, low);
      v128.store(eight, high, 16);
      const four = f32x4.pmin(low, high);
      const two = f32x4.pmin(four, v128.shuffle<i32>(four, four, 2, 3, 0, 1));
      const least = min(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1));
      store<u64>(lowest + (<usize>bundle << 3), makeKey(least, bundle));
    }
    if (bundles < wanted) continue;
    selectSmallest(lowest, bundles, wanted);
    const highest = keyValue(load<u64>(lowest + (<usize>(wanted - 1) << 3)));
    store<f32>(job.thresholds + at, nextAbove(highest));
  }
}

/**
 * A tile of scores that another engine made: rows `row0 ..` against columns `column0 ..`, `columns` a multiple
 * of 8 with +∞ in the filling, the rows' own norms not yet added unless `beginTile` has. Chunk c is one block of
 * 128 × 128 of it. Both sides get a score, except in the lower half of a tile on the diagonal, which has been seen in the
 * upper one.
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
  // Neighbouring chunks touch different blocks, as in `scanPairs`.
  const down = (rows + BLOCK - 1) / BLOCK;
  const across = (columns + BLOCK - 1) / BLOCK;
  const blockA = chunk % down;
  const rowA = row0 + blockA * BLOCK;
  const rowB = column0 + ((blockA + chunk / down) % across) * BLOCK;
  if (rowB < rowA) return;
  const stride = <usize>columns << 2;
  const tall = min(BLOCK, row0 + rows - rowA);
  const wide = min(BLOCK, column0 + columns - rowB);
  const corner = scores + <usize>(rowA - row0) * stride + (<usize>(rowB - column0) << 2);
  if (rowA != rowB) {
    offerLocked(job, corner, stride, rowA, tall, rowB, wide, row0 != column0);
    return;
  }
  const lockA = job.locks + (<usize>(rowA / BLOCK) << 2);
  lock(lockA);
  offerRows(job, corner, stride, rowA, tall, rowB, wide);
  unlock(lockA);
}

/**
 * What another engine found nearest among columns `column0 ..` for rows `row0 ..`: `kept` scores and places
 * (int32, relative to column0) per row, ascending, own norms not yet added. Where `isCut` there were more columns,
 * with scores no lower than the last one. Chunk c is 32 rows.
 */
export function offerNearest(
  chunk: i32,
  _thread: i32,
  pointer: usize,
  scores: usize,
  places: usize,
  kept: i32,
  row0: i32,
  rows: i32,
  column0: i32,
  isCut: i32,
): void {
  const job = changetype<Job>(pointer);
  const end = min(rows, chunk * 32 + 32);
  for (let r = chunk * 32; r < end; r++) {
    const row = row0 + r;
    const own = load<f32>(job.norms + (<usize>row << 2));
    const line = (<usize>r * <usize>kept) << 2;
    for (let c = 0; c < kept; c++) {
      const index = column0 + load<i32>(places + line + (<usize>c << 2));
      const score = own + load<f32>(scores + line + (<usize>c << 2));
      if (index != row && score < load<f32>(job.thresholds + (<usize>row << 2))) offer(job, row, index, score);
    }
    if (!isCut) continue;
    const last = own + load<f32>(scores + line + (<usize>(kept - 1) << 2));
    const thresholdAt = job.thresholds + (<usize>row << 2);
    store<f32>(thresholdAt, min(load<f32>(thresholdAt), last));
  }
}

/** Packs chunk's group of asking rows and returns how many panels it has. */
function packGroup(job: Job, chunk: i32, centre: usize, scale: f32, slack: f64): i32 {
  const first = chunk * job.group;
  const end = min((job.slots + 7) >> 3, first + job.group);
  for (let panel = first; panel < end; panel++) {
    packPanel(job.data, job.slots, job.d, centre, scale, slack, job.ids, panel, job.slotPacked, job.slotNorms);
  }
  return end - first;
}

/** Scores of the chunk's rows against one block of all rows. Returns the columns. */
function scoreGroup(job: Job, chunk: i32, groupPanels: i32, block: i32, scores: usize): i32 {
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

/** Chunk's group of asking rows against all rows, by score or, where `isBounded`, by bound. */
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
      const row = rowOf(job, slot);
      const line = scores + <usize>r * STRIDE;
      let limit = load<f32>(job.thresholds + (<usize>slot << 2));
      let limits = f32x4.splat(limit);
      for (let c = 0; c < columns; c += 4) {
        const at = line + (<usize>c << 2);
        const below = f32x4.lt(v128.load(at), limits);
        if (!v128.any_true(below)) continue;
        let mask = i32x4.bitmask(below);
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
  }
  refineSlots(job, slot0, slot0 + rows, isBounded != 0, scores);
}

/** Chunk's 32 slots after `scanPairs`. */
export function refine(chunk: i32, thread: i32, pointer: usize): void {
  const job = changetype<Job>(pointer);
  refineSlots(job, chunk * 32, min(job.slots, chunk * 32 + 32), false, job.scratch + <usize>thread * SCRATCH);
}

/** What chunk's 1024 slots have before a scan: no edge, and no use for one above their limit. `limits` 0: for any. */
export function openForeign(chunk: i32, _thread: i32, pointer: usize, limits: usize): void {
  const job = changetype<Job>(pointer);
  const end = min(job.slots, chunk * 1024 + 1024);
  for (let slot = chunk * 1024; slot < end; slot++) {
    const at = <usize>slot << 2;
    const limit = limits ? <f64>load<f32>(limits + at) : Infinity;
    store<i32>(job.indices + at, -1);
    store<f32>(job.distances + at, <f32>Infinity);
    store<f64>(bufferOf(job, slot), limit);
    store<f32>(job.thresholds + at, scoreOfWeight(job, limit));
  }
}

/** A score that every row is below whose edge weighs `weight` or less. */
// @ts-ignore: decorator
@inline
function scoreOfWeight(job: Job, weight: f64): f32 {
  const distance = weight * job.alpha * (1 + 1.0 / 8388608.0);
  return distance < <f64>f32.MAX_VALUE ? scoreAbove(job, <f32>distance) : <f32>Infinity;
}

/** Looks for cheaper edges of a slot among a line of scores, to which `own` is still to be added. */
function considerForeign(job: Job, slot: i32, line: usize, column0: i32, columns: i32, own: f32): void {
  const thresholdAt = job.thresholds + (<usize>slot << 2);
  let limit = load<f32>(thresholdAt);
  if (limit == <f32>-Infinity) return;
  const d = job.d;
  const row = rowOf(job, slot);
  const component = load<i32>(job.component + (<usize>row << 2));
  const core = <f64>load<f32>(job.core + (<usize>row << 2));
  const base = job.data + (<usize>row * <usize>d << 2);
  const bestAt = bufferOf(job, slot);
  const norm = f32x4.splat(own);
  let limits = f32x4.splat(limit);
  for (let c = 0; c < columns; c += 4) {
    const below = f32x4.lt(f32x4.add(norm, v128.load(line + (<usize>c << 2))), limits);
    if (!v128.any_true(below)) continue;
    let mask = i32x4.bitmask(below);
    while (mask) {
      const lane = ctz(mask);
      mask &= mask - 1;
      const index = column0 + c + lane;
      if (load<i32>(job.component + (<usize>index << 2)) == component) continue;
      const other = <f64>load<f32>(job.core + (<usize>index << 2));
      // Rows come in order of index, so an equal weight later never wins.
      const best = load<f64>(bestAt);
      const floor = max(core, other);
      const isFirst = load<i32>(job.indices + (<usize>slot << 2)) < 0;
      if (isFirst ? floor > best : floor >= best) continue;
      const distance = <f32>sqrt(squaredDistance(base, job.data + (<usize>index * <usize>d << 2), d));
      const weight = max(floor, <f64>distance / job.alpha);
      if (isFirst ? weight > best : weight >= best) continue;
      store<f64>(bestAt, weight);
      store<i32>(job.indices + (<usize>slot << 2), index);
      store<f32>(job.distances + (<usize>slot << 2), distance);
      limit = scoreOfWeight(job, weight);
      // Nothing weighs less than the row's own core distance.
      if (weight <= core) limit = <f32>-Infinity;
      store<f32>(thresholdAt, limit);
      limits = f32x4.splat(limit);
    }
  }
}

/**
 * For the chunk's rows the cheapest mutual-reachability edge to another component; equal weights: lower index.
 * `indices` and `distances` hold one number per slot: that row and its euclidean distance.
 */
export function scanForeign(
  chunk: i32,
  thread: i32,
  pointer: usize,
  centre: usize,
  scale: f32,
  slack: f64,
): void {
  const job = changetype<Job>(pointer);
  const groupPanels = packGroup(job, chunk, centre, scale, slack);
  const scores = job.scratch + <usize>thread * SCRATCH;
  const slot0 = chunk * job.group * 8;
  const rows = min(groupPanels * 8, job.slots - slot0);
  const blocks = (job.n + BLOCK - 1) / BLOCK;
  for (let block = 0; block < blocks; block++) {
    const columns = scoreGroup(job, chunk, groupPanels, block, scores);
    for (let r = 0; r < rows; r++) {
      considerForeign(job, slot0 + r, scores + <usize>r * STRIDE, block * BLOCK, columns, 0);
    }
  }
}

/**
 * The same over a tile of scores that another engine made: slots `slot0 ..` against columns `column0 ..`, own norms
 * not yet added. Tiles of a slot come in order of their columns. Chunk c is 32 slots.
 */
export function offerForeign(
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
    const own = load<f32>(job.norms + (<usize>rowOf(job, slot) << 2));
    considerForeign(job, slot, scores + (<usize>r * <usize>columns << 2), column0, columns, own);
  }
}
