// Per slot a buffer of keys. Two ways to use it:
// - by score: a full buffer drops all but the `keep` lowest scores; the threshold is the highest kept score.
//   Whatever was dropped has a squared distance of at least the final threshold.
// - by bound: every score under the threshold is kept; a full buffer is turned into true distances, of which the
//   k nearest stay. Nothing that belongs to the k nearest is ever dropped.
import { squareAbove, squaredDistance } from './distance';
import { Job } from './job';
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
    makeExact(job, slot, count);
    selectSmallest(buffer, count, job.k);
    count = job.k;
    store<i32>(job.exacts + (<usize>slot << 2), count);
    const farthest = keyValue(load<u64>(buffer + (<usize>(count - 1) << 3)));
    // Rows come in order of index: after k duplicates none can be nearer.
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

/** A score that every row at `distance` or nearer is below. */
export function scoreAbove(job: Job, distance: f32): f32 {
  return <f32>(squareAbove(distance) * job.scale2 * (1 + 1.0 / 4194304.0) + 1e-37);
}

/** Turns the buffer's scores into true distances. */
function makeExact(job: Job, slot: i32, count: i32): void {
  const buffer = bufferOf(job, slot);
  const d = job.d;
  const row = job.data + (<usize>rowOf(job, slot) * <usize>d << 2);
  for (let i = load<i32>(job.exacts + (<usize>slot << 2)); i < count; i++) {
    const at = buffer + (<usize>i << 3);
    const index = keyIndex(load<u64>(at));
    const distance = <f32>sqrt(squaredDistance(row, job.data + (<usize>index * <usize>d << 2), d));
    store<u64>(at, makeKey(distance, index));
  }
}

/** Refines slots [from, to): true distances, sorted by (distance, index), the first k written out. */
export function refineSlots(job: Job, from: i32, to: i32, isBounded: bool): void {
  const k = job.k;
  for (let slot = from; slot < to; slot++) {
    const buffer = bufferOf(job, slot);
    let count = load<i32>(job.counts + (<usize>slot << 2));
    let threshold = load<f32>(job.thresholds + (<usize>slot << 2));
    if (!isBounded && count > job.keep) {
      selectSmallest(buffer, count, job.keep);
      count = job.keep;
      threshold = min(threshold, highest(buffer, count));
    }
    makeExact(job, slot, count);
    sortKeys(buffer, count);
    const indices = job.indices + (<usize>slot * <usize>k << 2);
    const distances = job.distances + (<usize>slot * <usize>k << 2);
    for (let i = 0; i < k; i++) {
      const key = i < count ? load<u64>(buffer + (<usize>i << 3)) : 0;
      store<i32>(indices + (<usize>i << 2), i < count ? keyIndex(key) : -1);
      store<f32>(distances + (<usize>i << 2), i < count ? keyValue(key) : <f32>Infinity);
    }
    const farthest = count >= k ? keyValue(load<u64>(buffer + (<usize>(k - 1) << 3))) : <f32>Infinity;
    const isCertain = isBounded || threshold == <f32>Infinity || scoreAbove(job, farthest) < threshold;
    store<u8>(job.uncertain + <usize>slot, isCertain ? 0 : 1);
  }
}
