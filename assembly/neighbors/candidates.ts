// Per slot a buffer of keys. Two ways to use it:
// - by score: a full buffer drops all but the `keep` lowest scores; the threshold is the highest kept score.
//   Whatever was dropped has a squared distance of at least the final threshold.
// - by bound: every score under the threshold is kept; a full buffer is turned into true distances, of which the
//   k nearest stay. Nothing that belongs to the k nearest is ever dropped.
import { isFarther, roundedDistance, roundedDistances, squareAbove, widenRow } from './distance';
import { Job, SCRATCH } from './job';
import { keyIndex, keyValue, makeKey, selectSmallest, sortKeys } from './keys';

// @ts-ignore: decorator
@inline
export function bufferOf(job: Job, slot: i32): usize {
  return job.buffers + (<usize>slot * <usize>job.capacity << 3);
}

// @ts-ignore: decorator
@inline
export function rowOf(job: Job, slot: i32): i32 {
  return job.ids ? load<i32>(job.ids + (<usize>slot << 2)) : slot;
}

/** The row of a column. */
// @ts-ignore: decorator
@inline
export function rowOfColumn(job: Job, column: i32): i32 {
  return job.places ? load<i32>(job.places + (<usize>column << 2)) : column;
}

/** Pointer to the float32 coordinates of a slot's query row. */
// @ts-ignore: decorator
@inline
function queryOf(job: Job, slot: i32): usize {
  const bytes = <usize>job.d << 2;
  return job.queries ? job.queries + <usize>slot * bytes : job.data + <usize>rowOf(job, slot) * bytes;
}

/** Appends a candidate, by score. Returns the slot's threshold. */
export function offer(job: Job, slot: i32, index: i32, score: f32): f32 {
  const countAt = job.counts + (<usize>slot << 2);
  const thresholdAt = job.thresholds + (<usize>slot << 2);
  const buffer = bufferOf(job, slot);
  let count = load<i32>(countAt);
  store<u64>(buffer + (<usize>count << 3), makeKey(score, index));
  count++;
  if (count == job.capacity) {
    selectSmallest(buffer, count, job.keep);
    count = job.keep;
    store<f32>(thresholdAt, min(load<f32>(thresholdAt), highest(buffer, count)));
  }
  store<i32>(countAt, count);
  return load<f32>(thresholdAt);
}

/** Appends a candidate, by bound. Returns the slot's threshold. */
export function offerBounded(job: Job, slot: i32, index: i32, score: f32): f32 {
  const countAt = job.counts + (<usize>slot << 2);
  const thresholdAt = job.thresholds + (<usize>slot << 2);
  const buffer = bufferOf(job, slot);
  let count = load<i32>(countAt);
  store<u64>(buffer + (<usize>count << 3), makeKey(score, index));
  count++;
  if (count == job.capacity) {
    makeExact(job, slot, count, 0);
    selectSmallest(buffer, count, job.k);
    count = job.k;
    store<i32>(job.exacts + (<usize>slot << 2), count);
    const farthest = keyValue(load<u64>(buffer + (<usize>(count - 1) << 3)));
    // Candidates come in order of index: after k of them at distance 0, a later one can't be among the k nearest.
    store<f32>(thresholdAt, farthest == 0 ? <f32>-Infinity : scoreAbove(job, farthest));
  }
  store<i32>(countAt, count);
  return load<f32>(thresholdAt);
}

function highest(buffer: usize, count: i32): f32 {
  let most: u64 = 0;
  for (let i = 0; i < count; i++) most = max(most, load<u64>(buffer + (<usize>i << 3)));
  return keyValue(most);
}

/** A score above that of every row at `distance` or nearer. */
export function scoreAbove(job: Job, distance: f32): f32 {
  return <f32>(squareAbove(distance) * job.scale2 * (1 + 1.0 / 4194304.0) + 1e-37);
}

/** Pointer to the coordinates of a row. */
// @ts-ignore: decorator
@inline
function pointOf(job: Job, row: i32): usize {
  return job.data + (<usize>row * <usize>job.d << 2);
}

/** The row of the column whose key is at `at`. */
// @ts-ignore: decorator
@inline
function rowAt(job: Job, at: usize): i32 {
  return rowOfColumn(job, keyIndex(load<u64>(at)));
}

/** Turns the buffer's scores of columns into true distances of rows. `wide`: the slot's row in float64, or 0. */
function makeExact(job: Job, slot: i32, count: i32, wide: usize): void {
  const buffer = bufferOf(job, slot);
  const d = job.d;
  const row = queryOf(job, slot);
  const exactsAt = job.exacts + (<usize>slot << 2);
  let i = load<i32>(exactsAt);
  if (wide) {
    const found = wide + (<usize>d << 3);
    for (; i + 4 <= count; i += 4) {
      const at = buffer + (<usize>i << 3);
      const row0 = rowAt(job, at);
      const row1 = rowAt(job, at + 8);
      const row2 = rowAt(job, at + 16);
      const row3 = rowAt(job, at + 24);
      roundedDistances(
        row, wide, pointOf(job, row0), pointOf(job, row1), pointOf(job, row2), pointOf(job, row3), d, found,
      );
      store<u64>(at, makeKey(load<f32>(found), row0));
      store<u64>(at, makeKey(load<f32>(found, 4), row1), 8);
      store<u64>(at, makeKey(load<f32>(found, 8), row2), 16);
      store<u64>(at, makeKey(load<f32>(found, 12), row3), 24);
    }
  }
  for (; i < count; i++) {
    const at = buffer + (<usize>i << 3);
    const other = rowAt(job, at);
    store<u64>(at, makeKey(roundedDistance(row, wide, pointOf(job, other), d), other));
  }
  store<i32>(exactsAt, count);
}

/**
 * Refines slots [from, to): true distances, sorted by (distance, index), the first k written out to the slot's line, where columns
 * have an order of their own to that of its row. `scratch` holds SCRATCH bytes of this thread's own.
 */
export function refineSlots(job: Job, from: i32, to: i32, isBounded: bool, scratch: usize): void {
  const k = job.k;
  // The row, and four distances behind it.
  const wide = (<usize>job.d << 3) + 32 <= SCRATCH ? scratch : 0;
  for (let slot = from; slot < to; slot++) {
    if (wide) widenRow(queryOf(job, slot), job.d, wide);
    const buffer = bufferOf(job, slot);
    let count = load<i32>(job.counts + (<usize>slot << 2));
    let threshold = load<f32>(job.thresholds + (<usize>slot << 2));
    if (!isBounded && count > job.keep) {
      selectSmallest(buffer, count, job.keep);
      count = job.keep;
      threshold = min(threshold, highest(buffer, count));
    }
    if (!isBounded && count > k) {
      // Beyond the k lowest scores only those matter that the k-th of these distances doesn't rule out.
      selectSmallest(buffer, count, k);
      makeExact(job, slot, k, wide);
      const farthest = highest(buffer, k);
      const limit = scoreAbove(job, farthest);
      const limitSquare = squareAbove(farthest);
      const query = queryOf(job, slot);
      let kept = k;
      for (let i = k; i < count; i++) {
        const key = load<u64>(buffer + (<usize>i << 3));
        if (keyValue(key) >= limit) continue;
        // A square in float32 rules most of the others out in a third of the time.
        const row = rowOfColumn(job, keyIndex(key));
        if (isFarther(query, pointOf(job, row), job.d, limitSquare)) continue;
        store<u64>(buffer + (<usize>kept << 3), key);
        kept++;
      }
      count = kept;
    }
    makeExact(job, slot, count, wide);
    sortKeys(buffer, count);
    const line = job.places ? rowOf(job, slot) : slot;
    const indices = job.indices + (<usize>line * <usize>k << 2);
    const distances = job.distances + (<usize>line * <usize>k << 2);
    for (let i = 0; i < k; i++) {
      const key = i < count ? load<u64>(buffer + (<usize>i << 3)) : 0;
      store<i32>(indices + (<usize>i << 2), i < count ? keyIndex(key) : -1);
      store<f32>(distances + (<usize>i << 2), i < count ? keyValue(key) : <f32>Infinity);
    }
    const farthest = count >= k ? keyValue(load<u64>(buffer + (<usize>(k - 1) << 3))) : <f32>Infinity;
    const isCertain = isBounded || threshold == <f32>Infinity || scoreAbove(job, farthest) < threshold;
    store<u8>(job.uncertain + <usize>line, isCertain ? 0 : 1);
  }
}
