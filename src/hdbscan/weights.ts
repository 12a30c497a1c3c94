import type { Matrix } from '../shapes.js';
import type { Kernel } from '../wasm/kernel.js';
import type { Lists } from './graph.js';
import type { Judge } from './kernel.js';
import type { Vertices } from './points.js';

/** Weights of mutual reachability in float64. */
export interface Weights extends Judge {
  readonly core: Float64Array;
  /** Whether f32 weights are the weights. */
  readonly isRounded: boolean;
  /** max(core i, core j, d / α); `rounded` is its f32 rounding, +∞ for an edge that only joins islands. */
  weigh(i: number, j: number, rounded: number): number;
}

/** Euclidean distance of two rows, summed in one order whichever is asked for first. */
export function distance({ data, cols }: Matrix, i: number, j: number): number {
  let sum = 0;
  for (let a = i * cols, b = j * cols, end = a + cols; a < end; a++, b++) {
    const difference = data[a] - data[b];
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** Of points: from the pairs themselves, so that only rows at truly equal distance tie. */
export class PointWeights implements Weights {
  readonly isRounded = false;

  constructor(
    private readonly points: Matrix,
    readonly core: Float64Array,
    private readonly alpha: number,
  ) {}

  weigh(i: number, j: number, rounded = 0): number {
    if (rounded === Number.POSITIVE_INFINITY) return rounded;
    return Math.max(this.core[i], this.core[j], distance(this.points, i, j) / this.alpha);
  }

  isLighter(a: number, b: number, c: number, d: number): boolean {
    return this.weigh(a, b) < this.weigh(c, d);
  }

  isWithin(i: number, j: number): boolean {
    return distance(this.points, i, j) / this.alpha <= this.core[i];
  }
}

/** Of a graph: its numbers are the truth, and only dividing by α takes more than f32. */
export class ListWeights implements Weights {
  readonly core: Float64Array;
  readonly isRounded: boolean;

  constructor(
    private readonly lists: Lists,
    core: Float32Array,
    private readonly alpha: number,
  ) {
    this.core = new Float64Array(core);
    this.isRounded = alpha === 1;
  }

  weigh(i: number, j: number, rounded: number): number {
    if (this.alpha === 1 || rounded === Number.POSITIVE_INFINITY) return rounded;
    const listed = Math.min(this.lists.distance(i, j), this.lists.distance(j, i));
    const reach = Math.max(this.core[i], this.core[j]);
    // An edge that a scan found is in no list.
    return listed === Number.POSITIVE_INFINITY
      ? Math.max(rounded, reach)
      : Math.max(reach, listed / this.alpha);
  }

  isLighter(): boolean {
    return false;
  }

  isWithin(): boolean {
    return true;
  }
}

/**
 * Core distances in float64: of the listed rows whose f32 distance is the core distance, the right one. `reached` knows the
 * row where it isn't a listed one.
 */
export async function exactCores(
  { points, counts }: Vertices,
  lists: Lists,
  { arena }: Kernel,
  core: number,
  minSamples: number,
  reached?: Int32Array,
): Promise<Float64Array> {
  const { rows, neighbors } = lists.graph;
  const exact = new Float64Array(rows);
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
        exact[i] = distance(points, i, reached[i]);
        continue;
      }
      let known = counts ? counts[i] - 1 : 0;
      let slot = start;
      const end = start + neighbors;
      for (; distances[slot] < wanted; slot++) known += counts ? counts[indices[slot]] : 1;
      const isAlone = slot + 1 === end || distances[slot + 1] > wanted;
      if (isAlone) exact[i] = distance(points, i, indices[slot]);
      else exact[i] = pick(points, i, indices, distances, slot, end, wanted, minSamples - known, counts);
    }
  });
  return exact;
}

/** The `wanted`-th smallest of the distances that round to `core`, equal points counted. */
function pick(
  points: Matrix,
  i: number,
  indices: Int32Array,
  distances: Float32Array,
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
