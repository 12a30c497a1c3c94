import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { openBrute } from './brute.js';
import { openKdTree } from './kdtree.js';

export interface ForeignEdges {
  /** Row at the other end of each asking row's edge, -1 if there is none. */
  to: Int32Array;
  /** Euclidean distance of the two rows (not the mutual reachability), +∞ if there is none. */
  distance: Float32Array;
}

/** One set of points, ready to be asked for neighbours. One call at a time. */
export interface Searcher {
  readonly engine: string;
  /** Whether the answers are the true neighbours, to the last row. */
  readonly exact: boolean;
  /** The k nearest others of every row, refined, sorted by (distance, index); -1/+∞ where fewer. */
  search(k: number, watch?: Watch): Promise<NeighborGraph>;
  /** The same for some rows only, usually with a larger k. Row i of the answer belongs to `rows[i]`. */
  widen(rows: Int32Array, k: number, watch?: Watch): Promise<NeighborGraph>;
  /**
   * For each given row its cheapest mutual-reachability edge max(core i, core j, d / alpha) to a row of another
   * component; equal weights: the lower index. Memory grows with the rows only.
   */
  nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float32Array,
    alpha: number,
    watch?: Watch,
  ): Promise<ForeignEdges>;
  /** Frees memory and threads. Safe twice. */
  close(): void;
}

export type EngineName = 'wasm' | 'kdtree' | 'onnx' | 'usearch';

export interface SearcherOptions extends Watch {
  /** Who searches. Default `auto`: by rows, dimensions and what is there. */
  engine?: 'auto' | EngineName;
  /** Threads, 1 or more. Default: the machine's cores. */
  threads?: number;
  /** Where `onnx` multiplies: `cpu` (default), `cuda`, `webgpu`, `dml`, `coreml`. */
  device?: string;
}

/** Opens an engine over finite points. */
export async function openSearcher(points: Matrix, options: SearcherOptions = {}): Promise<Searcher> {
  if (options.engine === 'onnx') return (await import('./onnx.js')).openOnnx(points, options);
  if (options.engine === 'kdtree') return openKdTree(points, options);
  return openBrute(points, options);
}
