// Weights of mutual reachability: max(core i, core j, d(i, j) / α).
//
// A weight is kept as a float32, its key. Keys order nearly all edges; where two keys are too close, the float64 weights
// decide. `slack` says how close that is, in steps from one float32 to the next:
//   0  keys are the weights (a graph's own distances, α = 1)
//   1  a lower key is a lower weight; equal keys decide nothing (the key is the weight, rounded once)
//   2  keys two steps apart are in the order of their weights (the key is rounded from a product that is rounded itself)
// docs/architecture.md has the argument.
import { squaredDistance } from '../neighbors/distance';
import { f32At, f64At, setF64 } from './memory';

/** The float64 weight of the edge between rows i and j, computed by the host from points or lists (src/hdbscan/weights.ts). */
// @ts-ignore: decorator
@external("env", "weigh") declare function weighByHost(i: i32, j: i32): f64;

/** What weights are made of, written by the host: every thread reads it into the globals below. */
@unmanaged
export class Weights {
  /** the key of every row's core distance, float32. */
  core: usize;
  /** every row's core distance, float64; 0 where slack is 0. */
  exactCore: usize;
  slack: i32;
  /** what listed distances are divided by. */
  alpha: f64;
  /** the points, row after row, float32; 0 where only the host knows weights. */
  points: usize;
  cols: i32;
  /** what the points' distances are divided by. */
  divisor: f64;
}

/** Pointer to the key of every row's core distance, float32. */
export let core: usize = 0;
/** Pointer to every row's core distance, float64; 0 where slack is 0. */
export let exactCore: usize = 0;
/** Float32 steps that two keys must be apart to decide, see above. */
export let slack: i32 = 0;
/** What listed distances are divided by. */
export let alpha: f64 = 1;

let points: usize = 0;
let cols: i32 = 0;
let divisor: f64 = 1;

/** Sets the globals above to those of a Weights; every later call of this module uses them. */
export function openWeights(pointer: usize): void {
  const weights = changetype<Weights>(pointer);
  core = weights.core;
  exactCore = weights.exactCore;
  slack = weights.slack;
  alpha = weights.alpha;
  points = weights.points;
  cols = weights.cols;
  divisor = weights.divisor;
}

/** The distance of rows i and j in float64. */
// @ts-ignore: decorator
@inline function distanceOf(points: usize, cols: i32, i: i32, j: i32): f64 {
  const bytes = <usize>cols << 2;
  return sqrt(squaredDistance(points + <usize>i * bytes, points + <usize>j * bytes, cols));
}

/** The float64 weight of the edge between rows i and j. */
export function weigh(i: i32, j: i32): f64 {
  return points ? max<f64>(largerCore(i, j), distanceOf(points, cols, i, j) / divisor) : weighByHost(i, j);
}

/** Writes to `exact` (float64) the distances of rows start … end − 1 from those in `others` (int32), and `rounded` where that is negative. */
export function measure(
  start: usize, end: usize, points: usize, cols: i32, others: usize, rounded: usize, exact: usize,
): void {
  for (let row = start; row < end; row++) {
    const other = load<i32>(others + (row << 2));
    setF64(exact, row, other < 0 ? <f64>f32At(rounded, row) : distanceOf(points, cols, <i32>row, other));
  }
}

/** How many float32 steps `a` lies above `b`; both are 0 or more. +∞ is one step above the largest number. */
// @ts-ignore: decorator
@inline export function stepsAbove(a: f32, b: f32): i32 {
  return reinterpret<i32>(a) - reinterpret<i32>(b);
}

/**
 * The key of d / α. A listed edge has a finite weight even where the quotient is beyond float32's range: its key is then
 * the largest number.
 */
// @ts-ignore: decorator
@inline export function keyOf(d: f32): f32 {
  if (alpha == 1 || d == <f32>Infinity) return d;
  return min<f32>(<f32>(<f64>d / alpha), f32.MAX_VALUE);
}

/** The lowest key whose weight is certainly no lighter than that of `key`. Near +∞ this may be NaN, which no key is ≥. */
// @ts-ignore: decorator
@inline export function certainlyFrom(key: f32, slack: i32): f32 {
  return reinterpret<f32>(reinterpret<i32>(key) + slack);
}

/** The larger float64 core distance of two rows. */
// @ts-ignore: decorator
@inline export function largerCore(i: i32, j: i32): f64 {
  return max<f64>(f64At(exactCore, i), f64At(exactCore, j));
}

// `best` points at the cheapest known edge out of each component, in columns: | key f32 | from i32 | to i32 |, each `components`
// long, then aligned to 8 bytes | weight f64 |, used where slack is not 0, NaN until it is needed. A key of +∞ is no edge.

/** Pointer to the column of float64 weights. */
// @ts-ignore: decorator
@inline export function exactsOf(best: usize, components: usize): usize {
  return best + ((components * 12 + 7) & ~7);
}

/** The float64 weight of component c's cheapest edge. */
export function exactBest(best: usize, components: usize, c: usize): f64 {
  const at = exactsOf(best, components) + (c << 3);
  let exact = load<f64>(at);
  // NaN differs from itself.
  if (exact != exact) {
    exact = weigh(load<i32>(best + ((components + c) << 2)), load<i32>(best + ((components * 2 + c) << 2)));
    store<f64>(at, exact);
  }
  return exact;
}

/** The float64 weight of component c's cheapest edge, +∞ without one. */
export function weightOfBest(best: usize, components: usize, c: usize): f64 {
  const key = f32At(best, c);
  return slack == 0 || key == <f32>Infinity ? <f64>key : exactBest(best, components, c);
}
