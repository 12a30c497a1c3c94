import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';

export interface ForeignEdges {
  /** Row at the other end of each asking row's edge, -1 if there is none. */
  to: Int32Array;
  /** Euclidean distance of the two rows (not the mutual reachability) in float64, +∞ if there is none. */
  distance: Float64Array;
}

export interface ForeignWatch extends Watch {
  /** Per asking row: a heavier edge is of no use, there may as well be none. Left out: every edge is wanted. */
  limits?: Float64Array;
}

/** One set of points, ready to be asked for neighbours. One call at a time. */
export interface Searcher {
  readonly engine: string;
  /** Whether the answers are the true neighbours, to the last row. */
  readonly exact: boolean;
  /** Of an approximate engine, after `search`: the share of true neighbours found, on a sample. */
  readonly recall?: number;
  /** The k nearest others of every row, refined, sorted by (distance, index); -1/+∞ where fewer. */
  search(k: number, watch?: Watch): Promise<NeighborGraph>;
  /** The same for some rows only, usually with a larger k. Row i of the answer belongs to `rows[i]`. */
  widen(rows: Int32Array, k: number, watch?: Watch): Promise<NeighborGraph>;
  /**
   * For each given row its cheapest mutual-reachability edge max(core i, core j, d / alpha) to a row of another
   * component, compared in float64; equal weights: the lower index. Memory grows with the rows only.
   */
  nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float64Array,
    alpha: number,
    watch?: ForeignWatch,
  ): Promise<ForeignEdges>;
  /** Frees memory and threads. Safe twice. */
  close(): void;
}

export const ENGINES = ['wasm', 'kdtree', 'onnx', 'usearch'] as const;
export type EngineName = (typeof ENGINES)[number];

export interface SearcherOptions extends Watch {
  /** Who searches. Default `auto`: by rows, dimensions and what is there; says what it picked. */
  engine?: 'auto' | EngineName;
  /** Threads, 1 or more. Default: the machine's cores. */
  threads?: number;
  /** Neighbours that will be asked for, from which times are estimated. Default 16. */
  neighbors?: number;
  /** Where `onnx` multiplies: `cpu` (default), `cuda`, `webgpu`, `dml`, `coreml`. */
  device?: string;
}
