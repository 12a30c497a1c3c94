// How strongly each row holds on to its neighbours: the local fuzzy simplicial sets of UMAP (McInnes, Healy and
// Melville 2018, Algorithms 2 and 3).
import { expOfNegative, sumOfLanes } from './exp';

/** Stands for +∞ in an empty slot: finite, so that 0 times it is 0. */
export const EMPTY: f32 = 3e38;
/** A bandwidth is never below this share of the row's mean distance. */
const LEAST_BANDWIDTH: f32 = 1e-3;
const TOLERANCE: f32 = 1e-5;

/**
 * Turns the distances of `rowsPerChunk` rows into memberships in place: exp(−max(0, d − ρ) / σ), 0 in empty slots.
 * ρ is the row's smallest distance where `local` is 1, else 0; σ makes a row's memberships add up to
 * log2(m + 1), m being its filled slots. (umap-learn counts the point itself among its neighbours: its
 * n_neighbors is m + 1 here.)
 *
 * distances: rows × stride f32, stride a multiple of 4, EMPTY or more where there is no neighbour.
 */
export function memberships(
  chunk: i32, _thread: i32, rows: i32, rowsPerChunk: i32, stride: i32, distances: usize, local: i32,
): void {
  const first = chunk * rowsPerChunk;
  const last = min(rows, first + rowsPerChunk);
  const bytes = (<usize>stride) << 2;
  for (let i = first; i < last; i++) membershipsOfRow(distances + (<usize>i) * bytes, bytes, local);
}

function membershipsOfRow(row: usize, bytes: usize, local: i32): void {
  let filled = 0;
  let total: f32 = 0;
  let nearest: f32 = EMPTY;
  for (let at: usize = 0; at < bytes; at += 4) {
    const d = load<f32>(row + at);
    if (!(d < EMPTY)) continue;
    filled++;
    total += d;
    nearest = min(nearest, d);
  }
  if (filled == 0) {
    memory.fill(row, 0, bytes);
    return;
  }
  const rho: f32 = local ? nearest : 0;
  const s = inverseBandwidth(row, bytes, filled, total, rho);
  const rhos = f32x4.splat(rho);
  const minusS = f32x4.splat(-s);
  const empty = f32x4.splat(EMPTY);
  for (let at: usize = 0; at < bytes; at += 16) {
    const d = v128.load(row + at);
    const excess = f32x4.max(f32x4.sub(d, rhos), f32x4.splat(0));
    v128.store(row + at, v128.and(expOfNegative(f32x4.mul(excess, minusS)), f32x4.lt(d, empty)));
  }
}

/**
 * 1/σ by Newton's method from 0: the sum of memberships is convex and falls in 1/σ, so the steps never overshoot.
 */
function inverseBandwidth(row: usize, bytes: usize, filled: i32, total: f32, rho: f32): f32 {
  const target = <f32>Math.log2(<f64>(filled + 1));
  const most: f32 = <f32>(filled + 1) / max(LEAST_BANDWIDTH * total, <f32>1e-30);
  const excess = total - rho * <f32>filled;
  if (excess <= 0) return most;
  let s: f32 = (<f32>filled - target) / excess;
  const rhos = f32x4.splat(rho);
  for (let step = 0; step < 40; step++) {
    const minusS = f32x4.splat(-s);
    let sums = f32x4.splat(0);
    let slopes = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const d = f32x4.max(f32x4.sub(v128.load(row + at), rhos), f32x4.splat(0));
      const e = expOfNegative(f32x4.mul(d, minusS));
      sums = f32x4.add(sums, e);
      slopes = f32x4.add(slopes, f32x4.mul(e, d));
    }
    const over = sumOfLanes(sums) - target;
    const slope = sumOfLanes(slopes);
    if (over < TOLERANCE || slope <= 0) break;
    s += over / slope;
    if (!(s < most)) return most;
  }
  return s;
}
