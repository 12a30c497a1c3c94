import { Weights as weightsLayout } from '../../build/wasm/hdbscan.js';
import { squaredDistance } from '../neighbors/distance.js';
import type { Matrix } from '../shapes.js';
import { putStruct } from '../wasm/struct.js';
import type { Lists } from './graph.js';
import type { Judge, TreeKernel } from './kernel.js';

/** Points of more columns stay out of WebAssembly memory: they would need much of it, and only the calling thread weighs edges then. */
const MOST_COLUMNS = 16;

/** Whether a kernel with the points in its memory can weigh edges, on any thread. */
export const canBePlaced = ({ cols }: Matrix): boolean => cols <= MOST_COLUMNS;

/** Copies points of few columns into WebAssembly memory. Returns a pointer; 0 where there are too many columns. */
export const placePoints = ({ arena }: TreeKernel, points: Matrix): number =>
  canBePlaced(points) ? arena.put(points.data.subarray(0, points.rows * points.cols)) : 0;

/**
 * Has the kernel weigh edges: by points at pointer `placed`, where that isn't 0, or by asking this thread. Writes the keys of core
 * distances to `core`, a pointer. The memory must not be released as long as edges are weighed.
 */
export function openWeights(kernel: TreeKernel, exact: Weights, core: number, placed: number): void {
  const { arena } = kernel;
  kernel.judge = exact;
  const exactCore = exact.slack > 0 ? arena.put(exact.core) : 0;
  if (exact.slack > 1) {
    const keys = arena.f32(core, exact.core.length);
    for (let row = 0; row < keys.length; row++) keys[row] = exact.coreKey(row);
  }
  const { slack, alpha, cols, divisor } = exact;
  const fields = { core, exactCore, slack, alpha, points: placed, cols, divisor };
  kernel.weights = putStruct(arena, weightsLayout, fields);
  kernel.call.openWeights({ pointer: kernel.weights });
}

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
  /** Columns of the points, 0 without points, and what distances between them are divided by. */
  readonly cols: number;
  readonly divisor: number;
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
  readonly cols: number;

  /** @param atCore per row one whose distance is the core distance, so that it need not be computed; −1 where none is known */
  constructor(
    private readonly points: Matrix,
    readonly core: Float64Array,
    private readonly atCore: Int32Array,
    readonly divisor: number,
  ) {
    this.cols = points.cols;
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
  readonly cols = 0;
  readonly divisor = 1;
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
