import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import type { DeviceChoice } from './device-choice.js';

/** Per query row its cheapest edge to a row of another component. */
export interface ForeignEdges {
  /** The row of the other component, -1 if there is none. */
  to: Int32Array;
  /** Euclidean distance of the two rows (not the mutual reachability) in float64, +∞ if there is none. */
  distance: Float64Array;
}

export interface ForeignWatch extends Watch {
  /** Per query row: the weight above which an edge is of no use; -1 may be returned instead. Default: no limit. */
  limits?: Float64Array;
  /** Rows, ascending, that edges of use lead to, and the query rows; others need not be compared. Default: all rows. */
  among?: Int32Array;
}

/** A search index over one set of points. Calls must not overlap. */
export interface Searcher {
  /** Name of the program that searches. */
  readonly engine: string;
  /** The device that searches, as options name it: `cuda`; undefined where the processor does. */
  readonly device?: string;
  /** Whether every result holds the true neighbours of every row. */
  readonly exact: boolean;
  /** Of an approximate engine, after `search`: the share of true neighbours found, on a sample. */
  readonly recall?: number;
  /** The interval that holds the share for all rows with 95 % confidence. */
  readonly recallInterval?: [low: number, high: number];
  /**
   * The k nearest others of every row, sorted by (distance, index).
   *
   * @param k a whole number of at least 1
   * @param watch `signal` and `onProgress`
   * @returns rows × k, -1 and +∞ in empty slots
   * @throws the reason of `signal` when aborted
   */
  search(k: number, watch?: Watch): Promise<NeighborGraph>;
  /**
   * The k nearest others of some rows only, usually with a larger k.
   *
   * @param rows numbers of rows
   * @param k a whole number of at least 1
   * @param watch `signal` and `onProgress`
   * @returns as `search`; row i belongs to `rows[i]`
   * @throws the reason of `signal` when aborted
   */
  widen(rows: Int32Array, k: number, watch?: Watch): Promise<NeighborGraph>;
  /**
   * For each given row its cheapest mutual-reachability edge max(core i, core j, d / alpha) to a row of another
   * component, compared in float64; equal weights: the lower index. Memory grows with the rows only.
   *
   * @param rows numbers of rows
   * @param component per row of all points the component that it is in
   * @param core per row of all points its core distance
   * @param alpha divides distances
   * @param watch `limits`, `signal` and `onProgress`
   * @returns the other end and the distance of each edge; place i belongs to `rows[i]`
   * @throws the reason of `signal` when aborted
   */
  nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float64Array,
    alpha: number,
    watch?: ForeignWatch,
  ): Promise<ForeignEdges>;
  /** Frees memory and threads. A second call does nothing. */
  close(): void;
}

export type EngineName = 'wasm' | 'kdtree' | 'onnx' | 'cells' | 'usearch';

export interface SearcherOptions extends Watch {
  /**
   * The engine. Default `auto`: an exact one, chosen by rows, dimensions and installed packages, and reported as a message;
   * see choose.ts.
   */
  engine?: 'auto' | EngineName;
  /** Whether `auto` may be `cells`, which is approximate, where that is faster. Default false. */
  approximate?: boolean;
  /** Estimated seconds of an exact search above which `auto` refuses. Default: no limit. */
  maxSearchSeconds?: number;
  /** Threads, 1 or more. Default: the machine's cores. */
  threads?: number;
  /** The k of the coming search, from which times are estimated. Default 16. */
  neighbors?: number;
  /**
   * Where `onnx` multiplies: `cpu` (default), `cuda`, `webgpu`, `dml`, `coreml`; or `auto`, which takes the first of the platform's
   * cards that is faster than the processor on a sample.
   */
  device?: string;
  /** Devices that may search instead of the processor, where `device` names none. */
  devices?: DeviceChoice;
}
