import { fourSquares, squaredDistance } from '../neighbors/distance.js';
import type { Matrix } from '../shapes.js';
import type { Lists } from './graph.js';
import type { Judge, TreeKernel } from './kernel.js';
import type { Vertices } from './points.js';

/** The largest float32. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** A float32 for a weight that is finite, even where it lies beyond float32's range. */
const keyOf = (weight: number): number =>
  weight === Number.POSITIVE_INFINITY ? weight : Math.min(Math.fround(weight), LARGEST);

/**
 * Weights of mutual reachability, max(core i, core j, d / α), in float64, and their keys: the float32 numbers that kernels
 * compare. See assembly/hdbscan/weight.ts.
 */
export interface Weights extends Judge {
  readonly core: Float64Array;
  /** How many float32 steps two keys must be apart to decide; 0 where keys are the weights. */
  readonly slack: 0 | 1 | 2;
  /** What kernels divide listed distances by. */
  readonly alpha: number;
  coreKey(row: number): number;
  weigh(i: number, j: number): number;
  /** Whether there are points, so that a float64 distance from a scan is exact and need not be computed again. */
  readonly isMeasured: boolean;
  /** Weight and key of an edge that a scan found. `distance` must be what `measure` returns. */
  foundWeight(i: number, j: number, distance: number): number;
  foundKey(i: number, j: number, distance: number): number;
  /** The distance in float64 of an edge that a scan found, whose own distance may be rounded. */
  measure(i: number, j: number, found: number): number;
}

/** Distance of two rows in float64. */
export const distance = ({ data, cols }: Matrix, i: number, j: number): number =>
  Math.sqrt(squaredDistance(data, i * cols, data, j * cols, cols));

/**
 * Of points: from the pairs themselves, so that only rows at truly equal distance tie. Keys are of weights times α, since
 * those of distances are known: lists hold them.
 */
export class PointWeights implements Weights {
  readonly slack: 1 | 2;
  readonly alpha = 1;
  readonly isMeasured = true;

  /** @param atCore per row one whose distance is the core distance, so that it need not be computed; −1 where none is known */
  constructor(
    private readonly points: Matrix,
    readonly core: Float64Array,
    private readonly atCore: Int32Array,
    private readonly divisor: number,
  ) {
    this.slack = divisor === 1 ? 1 : 2;
  }

  coreKey(row: number): number {
    return keyOf(this.core[row] * this.divisor);
  }

  weigh(i: number, j: number): number {
    return Math.max(this.core[i], this.core[j], this.distance(i, j) / this.divisor);
  }

  private distance(i: number, j: number): number {
    if (this.atCore[i] === j) return this.core[i];
    return this.atCore[j] === i ? this.core[j] : distance(this.points, i, j);
  }

  foundWeight(i: number, j: number, distance: number): number {
    return Math.max(this.core[i], this.core[j], distance / this.divisor);
  }

  foundKey(i: number, j: number, distance: number): number {
    return Math.max(this.coreKey(i), this.coreKey(j), keyOf(distance));
  }

  measure(i: number, j: number): number {
    return distance(this.points, i, j);
  }
}

/** Of a graph: its float32 distances are taken as exact, and only dividing by α needs more than float32. */
export class ListWeights implements Weights {
  readonly core: Float64Array;
  readonly slack: 0 | 1;
  readonly isMeasured = false;
  /** Distances of edges that a scan found, by `pair`. */
  private readonly found = new Map<number, number>();

  constructor(
    private readonly lists: Lists,
    core: Float32Array,
    readonly alpha: number,
  ) {
    this.core = new Float64Array(core);
    this.slack = alpha === 1 ? 0 : 1;
  }

  coreKey(row: number): number {
    return this.core[row];
  }

  weigh(i: number, j: number): number {
    const listed = Math.min(this.lists.distance(i, j), this.lists.distance(j, i));
    const known = Math.min(listed, this.found.get(this.pair(i, j)) ?? Number.POSITIVE_INFINITY);
    return Math.max(this.core[i], this.core[j], known / this.alpha);
  }

  foundWeight(i: number, j: number, distance: number): number {
    return Math.max(this.core[i], this.core[j], distance / this.alpha);
  }

  measure(i: number, j: number, found: number): number {
    const pair = this.pair(i, j);
    this.found.set(pair, Math.min(found, this.found.get(pair) ?? Number.POSITIVE_INFINITY));
    return found;
  }

  foundKey(i: number, j: number, distance: number): number {
    return Math.max(this.core[i], this.core[j], keyOf(distance / this.alpha));
  }

  private pair(i: number, j: number): number {
    return Math.min(i, j) * this.core.length + Math.max(i, j);
  }
}

/**
 * Core distances in float64, from float32 ones (`core`, a pointer): computed from the points for the listed row at that
 * distance; where several round to it, for the one that the count of nearer rows picks.
 * @param reached per row the row at its core distance where its own list doesn't hold that one, −1 elsewhere
 * @returns core distances, and per row one at that distance, −1 where none is known
 */
export async function exactCores(
  { points, counts }: Vertices,
  lists: Lists,
  { arena }: TreeKernel,
  core: number,
  minSamples: number,
  reached?: Int32Array,
): Promise<{ exact: Float64Array; atCore: Int32Array }> {
  const { rows, neighbors } = lists.graph;
  const exact = new Float64Array(rows);
  const atCore = new Int32Array(rows).fill(-1);
  await lists.each((first, count, near, far) => {
    const indices = arena.i32(near, count * neighbors);
    const distances = arena.f32(far, count * neighbors);
    const rounded = arena.f32(core, rows);
    for (let i = first, start = 0; i < first + count; i++, start += neighbors) {
      const wanted = rounded[i];
      if (wanted === 0 || wanted === Number.POSITIVE_INFINITY) {
        exact[i] = wanted;
        continue;
      }
      if (reached && reached[i] >= 0) {
        atCore[i] = reached[i];
        continue;
      }
      let known = counts ? counts[i] - 1 : 0;
      let slot = start;
      const end = start + neighbors;
      for (; distances[slot] < wanted; slot++) known += counts ? counts[indices[slot]] : 1;
      const isAlone = slot + 1 === end || distances[slot + 1] > wanted;
      if (isAlone) atCore[i] = indices[slot];
      else exact[i] = pick(points, i, indices, distances, slot, end, wanted, minSamples - known, counts);
    }
    measureAll(points, atCore, exact, first, first + count);
  });
  return { exact, atCore };
}

/** Columns from which four distances at once take less time than one after the other. */
const WORTH_FOUR = 8;

/** Writes to `exact` the distances of rows start … end − 1 from those in `others`, where there is one. */
function measureAll(
  { data, cols }: Matrix,
  others: Int32Array,
  exact: Float64Array,
  start: number,
  end: number,
): void {
  if (cols < WORTH_FOUR) {
    for (let row = start; row < end; row++) {
      if (others[row] < 0) continue;
      exact[row] = Math.sqrt(squaredDistance(data, row * cols, data, others[row] * cols, cols));
    }
    return;
  }
  const rows: number[] = [];
  for (let row = start; row < end; row++) if (others[row] >= 0) rows.push(row);
  const from = (at: number) => rows[at] * cols;
  const to = (at: number) => others[rows[at]] * cols;
  const four = new Float64Array(4);
  let at = 0;
  for (; at + 4 <= rows.length; at += 4) {
    fourSquares(
      data,
      cols,
      [from(at), from(at + 1), from(at + 2), from(at + 3)],
      [to(at), to(at + 1), to(at + 2), to(at + 3)],
      four,
    );
    for (let lane = 0; lane < 4; lane++) exact[rows[at + lane]] = Math.sqrt(four[lane]);
  }
  for (; at < rows.length; at++)
    exact[rows[at]] = Math.sqrt(squaredDistance(data, from(at), data, to(at), cols));
}

/** The `wanted`-th smallest of the distances that round to `core`, equal points counted. */
export function pick(
  points: Matrix,
  i: number,
  indices: ArrayLike<number>,
  distances: ArrayLike<number>,
  start: number,
  end: number,
  core: number,
  wanted: number,
  counts?: Int32Array,
): number {
  const tied: { distance: number; count: number }[] = [];
  for (let slot = start; slot < end && distances[slot] === core; slot++) {
    tied.push({ distance: distance(points, i, indices[slot]), count: counts ? counts[indices[slot]] : 1 });
  }
  tied.sort((a, b) => a.distance - b.distance);
  let left = wanted;
  for (const { distance: exact, count } of tied) {
    left -= count;
    if (left <= 0) return exact;
  }
  return tied[tied.length - 1].distance;
}
