// Edges that are lighter than the path between their rows in a forest of known edges: what may still be missing in a minimum spanning tree.
//
// Components are numbered in the order of the leaves of that forest's dendrogram, so the heaviest edge on the path between two of them is the
// largest of the heights between their leaves.
import { PRODUCTS, scoresAt, stateOf } from './brute';
import { rowOfColumn } from './candidates';
import { errorOf, isFarther, roughSquare, squaredDistance } from './distance';
import { Job } from './job';

/** The leaf of a row's component. */
// @ts-ignore: decorator
@inline
function leafOf(job: Job, row: i32): i32 {
  return load<i32>(job.leaves + (<usize>load<i32>(job.component + (<usize>row << 2)) << 2));
}

/** The weight of the heaviest edge on the path between two leaves: the larger of two numbers of `heights` that reach from one to the other. */
// @ts-ignore: decorator
@inline
function heightBetween(job: Job, a: i32, b: i32): f64 {
  const low = min(a, b);
  const apart = max(a, b) - low;
  const level = 31 - clz(apart);
  const line = job.heights + (<usize>(level * job.leafCount) << 3);
  return max(load<f64>(line + (<usize>low << 3)), load<f64>(line + (<usize>(low + apart - (1 << level)) << 3)));
}

/** Measures the edge of two rows and appends it to the chunk's where it is lighter than their path. Returns how many edges the chunk has. */
function consider(job: Job, chunk: i32, count: i32, a: i32, b: i32): i32 {
  const leafA = leafOf(job, a);
  const leafB = leafOf(job, b);
  if (leafA == leafB) return count;
  const height = heightBetween(job, leafA, leafB);
  if (load<f64>(job.lowerBounds + (<usize>a << 3)) >= height || load<f64>(job.lowerBounds + (<usize>b << 3)) >= height) return count;
  const floor = max(load<f64>(job.core + (<usize>a << 3)), load<f64>(job.core + (<usize>b << 3)));
  if (floor >= height) return count;
  const d = job.d;
  const pointA = job.data + (<usize>a * <usize>d << 2);
  const pointB = job.data + (<usize>b * <usize>d << 2);
  const most = height * job.alpha * (1 + errorOf(d) + 1e-14);
  // A sum in float32 rules most pairs out, in a third of the time.
  if (isFarther(pointA, pointB, d, most * most) || roughSquare(pointA, pointB, d) > most * most) return count;
  const weight = max(floor, sqrt(squaredDistance(pointA, pointB, d)) / job.alpha);
  if (weight >= height) return count;
  const to = job.found + (<usize>(chunk * job.quota + count) << 4);
  store<i32>(to, a);
  store<i32>(to, b, 4);
  store<f64>(to, weight, 8);
  return count + 1;
}

/**
 * A tile of scores that another engine made, in the state of the job's tiles: slots `slot0 ..` against columns `column0 ..`, `columns` a
 * multiple of 8 with +∞ in the filling. Finds edges that are lighter than the path between their rows among pairs whose score is below
 * the slot's threshold, `quota` at most: with as many, the tile has to be offered again, when heights are lowered by what was found. `ids`
 * has the column of each slot's row.
 */
export function offerLighter(
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
  const state = stateOf(job);
  const norms = job.norms + (<usize>column0 << 2);
  let count = 0;
  for (let s = 0; s < slots && count < job.quota; s++) {
    const slotAt = <usize>(slot0 + s) << 2;
    const column = load<i32>(job.ids + slotAt);
    const row = rowOfColumn(job, column);
    const ownAt = <usize>column << 2;
    const owns = f32x4.splat(load<f32>(job.norms + ownAt));
    const factors = f32x4.splat(state == PRODUCTS ? load<f32>(job.factors + ownAt) : 0);
    const limits = f32x4.splat(load<f32>(job.thresholds + slotAt));
    const line = scores + (<usize>s * <usize>columns << 2);
    for (let c = 0; c < columns && count < job.quota; c += 8) {
      const at = <usize>c << 2;
      const isLow = f32x4.lt(scoresAt(line + at, norms + at, owns, factors, state), limits);
      const isHigh = f32x4.lt(scoresAt(line + at + 16, norms + at + 16, owns, factors, state), limits);
      if (!v128.any_true(v128.or(isLow, isHigh))) continue;
      let mask = i32x4.bitmask(isLow) | (i32x4.bitmask(isHigh) << 4);
      while (mask && count < job.quota) {
        const lane = ctz(mask);
        mask &= mask - 1;
        count = consider(job, chunk, count, row, rowOfColumn(job, column0 + c + lane));
      }
    }
  }
  store<i32>(job.foundCounts + (<usize>chunk << 2), count);
}
