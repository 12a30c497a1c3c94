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

/** How edges of a forest join components, see src/hdbscan/forest.ts. */
export interface KnownDendrogram {
  /** The leaf of each component. */
  readonly leafOf: Int32Array;
  /**
   * Per component a weight that is above that of every edge between its rows and rows of some leaves that is lighter than the path between them,
   * but for edges that are found from the other row; 0 where there is none. `before`: per leaf how many of these leaves come before it, and how
   * many there are.
   */
  limits(before: Int32Array): Float64Array;
  /** Per level l and leaf i the weight of the heaviest edge on the path from leaf i to one of the next 2^l leaves. */
  readonly table: Float64Array;
  /** The weight of the heaviest edge on the path between two leaves; 0 from a leaf to itself. */
  readonly heightBetween: (a: number, b: number) => number;
}

/** A forest of known edges over components. */
export interface KnownForest {
  readonly components: number;
  /** Of the edges that it has now. */
  readonly dendrogram: KnownDendrogram;
  /** Takes edges that are lighter than the path between their rows. */
  add(from: Int32Array, to: Int32Array, weight: Float64Array): void;
}

/** A search for edges that are lighter than the path between their rows in a forest of known edges. */
export interface LighterSearch {
  forest: KnownForest;
  /** Rows to compare with each other, ascending. */
  rows: Int32Array;
  /** Whether these are all rows that can be at such an edge, not some of them to begin with. */
  isLast: boolean;
  /** Per row of all points its component. */
  component: Int32Array;
  /** Per row of all points what an edge of it that isn't known weighs at least. */
  lowerBounds: Float64Array;
  /** Per row of all points its core distance. */
  core: Float64Array;
  /** Divides distances. */
  alpha: number;
}

/** A search for the lightest edge out of each component. */
export interface LightestSearch {
  /** Per row of all points its component, which is read at once. */
  component: Int32Array;
  /** Per component the weight that an edge must be below to be of use; no edge of it is wanted where that is 0 or less. */
  limits: Float64Array;
  /** Per row of all points what an edge of it that is of use weighs at least: its core distance or more. In a further search with the same array it is the same. */
  floors: Float64Array;
  /** Per row of all points its core distance; likewise. */
  core: Float64Array;
  /** Divides distances. */
  alpha: number;
}

/** Per component its lightest edge. */
export interface LightestEdges {
  /** Its row in the component, −1 if none is below the limit. */
  from: Int32Array;
  /** The other row. */
  to: Int32Array;
  /** Euclidean distance of the two in float64. */
  distance: Float64Array;
}

export interface SearchWatch extends Watch {
  /**
   * Whether `lighterEdges` is likely to be called: the search then keeps what makes it fast, up to 128 MB. The graph may lie in the searcher's
   * memory, and must not be used after it is closed.
   */
  isForTree?: boolean;
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
   * @param watch `isForTree`, `signal` and `onProgress`
   * @returns rows × k, -1 and +∞ in empty slots
   * @throws the reason of `signal` when aborted
   */
  search(k: number, watch?: SearchWatch): Promise<NeighborGraph>;
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
  /**
   * The lightest mutual-reachability edge out of each component, compared in float64; equal weights: the lower row in the component, then
   * the lower other row. Left out where an engine is no faster at it than at `nearestForeign` of all rows.
   * @internal
   */
  lightestEdges?(task: LightestSearch, watch?: Watch): Promise<LightestEdges>;
  /**
   * Adds mutual-reachability edges between the task's rows to its forest until none is lighter than the path between its rows. Left out where an
   * engine has no such search.
   * @internal
   */
  lighterEdges?(task: LighterSearch, watch?: Watch): Promise<void>;
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
