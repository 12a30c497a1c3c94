// For query rows, the cheapest mutual-reachability edge to a row of another component, from a comparison with all rows.
import { COMPLETE, OWN_DUE, packGroup, PRODUCTS, scoreGroup, scoresAt, STRIDE } from './brute';
import { bufferOf, rowOf, rowOfColumn, scoreAbove } from './candidates';
import { errorOf, isFarther, roughSquare, squaredDistance } from './distance';
import { BLOCK, Job, SCRATCH } from './job';

/**
 * Sets the chunk's 1024 slots up for a scan: no edge yet, and none wanted that weighs more than the slot's limit. `limits`: a
 * float64 weight per slot; 0: no limits.
 */
export function openForeign(chunk: i32, _thread: i32, pointer: usize, limits: usize): void {
  const job = changetype<Job>(pointer);
  const end = min(job.slots, chunk * 1024 + 1024);
  for (let slot = chunk * 1024; slot < end; slot++) {
    const at = <usize>slot << 2;
    const limit: f64 = limits ? load<f64>(limits + (at << 1)) : Infinity;
    store<i32>(job.indices + at, -1);
    store<f64>(job.distances + (at << 1), Infinity);
    store<f64>(bufferOf(job, slot), limit);
    store<f32>(job.thresholds + at, scoreOfWeight(job, limit));
  }
}

/** A score that is above that of every row whose edge weighs at most `weight`. */
// @ts-ignore: decorator
@inline
function scoreOfWeight(job: Job, weight: f64): f32 {
  const distance = weight * job.alpha * (1 + 1.0 / 8388608.0);
  return distance < <f64>f32.MAX_VALUE ? scoreAbove(job, <f32>distance) : <f32>Infinity;
}

/** Looks for cheaper edges of a slot among a line of scores in the given state, see COMPLETE. */
// @ts-ignore: decorator
@inline
function considerForeign(job: Job, slot: i32, line: usize, column0: i32, columns: i32, state: i32): void {
  const thresholdAt = job.thresholds + (<usize>slot << 2);
  let limit = load<f32>(thresholdAt);
  if (limit == <f32>-Infinity) return;
  const d = job.d;
  const row = rowOf(job, slot);
  const component = load<i32>(job.component + (<usize>row << 2));
  const core = load<f64>(job.core + (<usize>row << 3));
  // A rough square above this share of the best edge's can't be of a cheaper one.
  const slack = 1 + errorOf(d) + 1e-14;
  const base = job.data + (<usize>row * <usize>d << 2);
  const bestAt = bufferOf(job, slot);
  const slotAt = <usize>slot << 2;
  const foundAt = job.indices + slotAt;
  const owns = f32x4.splat(state == COMPLETE ? 0 : load<f32>(job.slotNorms + slotAt));
  const factors = f32x4.splat(state == PRODUCTS ? load<f32>(job.factors + slotAt) : 0);
  const norms = job.norms + (<usize>column0 << 2);
  let limits = f32x4.splat(limit);
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c << 2;
    const below = f32x4.lt(scoresAt(line + at, norms + at, owns, factors, state), limits);
    if (!v128.any_true(below)) continue;
    let mask = i32x4.bitmask(below);
    while (mask) {
      const lane = ctz(mask);
      mask &= mask - 1;
      const index = rowOfColumn(job, column0 + c + lane);
      if (load<i32>(job.component + (<usize>index << 2)) == component) continue;
      const other = load<f64>(job.core + (<usize>index << 3));
      const best = load<f64>(bestAt);
      const floor = max(core, other);
      const found = load<i32>(foundAt);
      // Of equal weights that of the lower index wins.
      const mayTie = found < 0 || index < found;
      if (mayTie ? floor > best : floor >= best) continue;
      const point = job.data + (<usize>index * <usize>d << 2);
      const most = best * job.alpha * slack;
      // A sum in float32 rules most rows out, in a third of the time.
      if (isFarther(base, point, d, most * most) || roughSquare(base, point, d) > most * most) continue;
      const distance = sqrt(squaredDistance(base, point, d));
      const weight = max(floor, distance / job.alpha);
      if (mayTie ? weight > best : weight >= best) continue;
      store<f64>(bestAt, weight);
      store<i32>(foundAt, index);
      store<f64>(job.distances + (<usize>slot << 3), distance);
      limit = scoreOfWeight(job, weight);
      // Nothing weighs less than the row's own core distance, and where columns are rows, later ones have higher indices.
      if (weight <= core && !job.places) limit = <f32>-Infinity;
      store<f32>(thresholdAt, limit);
      limits = f32x4.splat(limit);
    }
  }
}

/**
 * For the chunk's rows the cheapest mutual-reachability edge to another component; equal weights: lower index. Everything is
 * compared in float64. `indices` (int32) and `distances` (float64) hold one number per slot: that row and its distance.
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
      considerForeign(job, slot0 + r, scores + <usize>r * STRIDE, block * BLOCK, columns, COMPLETE);
    }
  }
}

/**
 * The same over a tile of scores that another engine made: slots `slot0 ..` against columns `column0 ..`, in the
 * state of the job's tiles, `slotNorms` a float32 per slot. Tiles of a slot come in order of their columns. Chunk c is 32 slots.
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
    const line = scores + (<usize>r * <usize>columns << 2);
    // Written out, so that each is compiled for its state.
    if (job.factors) considerForeign(job, slot, line, column0, columns, PRODUCTS);
    else considerForeign(job, slot, line, column0, columns, OWN_DUE);
  }
}

/**
 * What a device found among columns `column0 ..` for slots `slot0 ..`: per slot `kept` keys, ascending, and places (float32,
 * relative to column0; those beyond the last row stand for nothing). A key is at most the scaled square of α times the edge's
 * weight, but for the own core distance and a rounding that `scoreOfWeight` allows for. Where `isCut` there were more
 * columns, with keys no lower than the last one; `thresholds` holds the lowest such key, +∞ at first. Unlike in
 * `considerForeign`, columns come in any order. Chunk c is 32 slots.
 */
export function offerEdges(
  chunk: i32,
  _thread: i32,
  pointer: usize,
  keys: usize,
  places: usize,
  kept: i32,
  slot0: i32,
  slots: i32,
  column0: i32,
  isCut: i32,
): void {
  const job = changetype<Job>(pointer);
  const d = job.d;
  const end = min(slots, chunk * 32 + 32);
  for (let r = chunk * 32; r < end; r++) {
    const slot = slot0 + r;
    const row = rowOf(job, slot);
    const component = load<i32>(job.component + (<usize>row << 2));
    const core = load<f64>(job.core + (<usize>row << 3));
    const base = job.data + (<usize>row * <usize>d << 2);
    const bestAt = bufferOf(job, slot);
    const foundAt = job.indices + (<usize>slot << 2);
    const line = (<usize>r * <usize>kept) << 2;
    for (let c = 0; c < kept; c++) {
      const at = line + (<usize>c << 2);
      const best = load<f64>(bestAt);
      // Whatever follows weighs more.
      if (load<f32>(keys + at) >= scoreOfWeight(job, best)) break;
      const index = column0 + <i32>load<f32>(places + at);
      if (index >= job.n || load<i32>(job.component + (<usize>index << 2)) == component) continue;
      const floor = max(core, load<f64>(job.core + (<usize>index << 3)));
      const distance = sqrt(squaredDistance(base, job.data + (<usize>index * <usize>d << 2), d));
      const weight = max(floor, distance / job.alpha);
      const found = load<i32>(foundAt);
      if (weight > best || (weight == best && found >= 0 && found < index)) continue;
      store<f64>(bestAt, weight);
      store<i32>(foundAt, index);
      store<f64>(job.distances + (<usize>slot << 3), distance);
    }
    if (!isCut) continue;
    const thresholdAt = job.thresholds + (<usize>slot << 2);
    const last = load<f32>(keys + line + (<usize>(kept - 1) << 2));
    store<f32>(thresholdAt, min(load<f32>(thresholdAt), last));
  }
}

/** Marks the chunk's 1024 slots for which `offerEdges` may have been given too few columns to hold the cheapest edge. */
export function closeForeign(chunk: i32, _thread: i32, pointer: usize): void {
  const job = changetype<Job>(pointer);
  const end = min(job.slots, chunk * 1024 + 1024);
  for (let slot = chunk * 1024; slot < end; slot++) {
    const lowest = load<f32>(job.thresholds + (<usize>slot << 2));
    const isCertain = lowest >= scoreOfWeight(job, load<f64>(bufferOf(job, slot)));
    store<u8>(job.uncertain + <usize>slot, isCertain ? 0 : 1);
  }
}
