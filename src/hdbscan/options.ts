import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import type { Scanner } from './scan.js';

/** How clusters are chosen from the tree. */
export interface CutOptions {
  /** `eom`: the most stable ones (excess of mass); `leaf`: the smallest ones. Default `eom`. */
  clusterSelectionMethod?: 'eom' | 'leaf';
  /** Clusters that split at a distance below this one stay together, 0 or more. Default 0. */
  clusterSelectionEpsilon?: number;
  /** With `eom`, clusters larger than this are not chosen; 0 for any size. Default 0. */
  maxClusterSize?: number;
  /** Allow that everything is one cluster. Default false. */
  allowSingleCluster?: boolean;
}

export interface HdbscanOptions extends CutOptions, Watch {
  /** Smallest group of rows that is a cluster, 2 or more. Default 5. */
  minClusterSize?: number;
  /** Which nearest other row is the core distance, 1 or more; the row itself doesn't count. Default: minClusterSize. */
  minSamples?: number;
  /** Distances are divided by it in mutual reachability, above 0. Default 1. */
  alpha?: number;
  /** Of points: `euclidean`, or `cosine` for the euclidean distance of rows scaled to unit length. Default `euclidean`. */
  metric?: 'euclidean' | 'cosine';
  /**
   * Of points: how many neighbours are listed per row, 1 or more. It changes the time, never the result.
   * Default: a few more than minSamples.
   */
  neighbors?: number;
  /** Way to the spanning tree: equal results; `prim` takes more time and memory. Default `auto`, which is `boruvka`. */
  mst?: 'auto' | 'boruvka' | 'prim';
  /** Of points: who searches neighbours. Default `auto`: by rows, dimensions and what is there. */
  engine?: 'auto' | 'wasm' | 'kdtree' | 'onnx' | 'usearch';
  /** Threads of the neighbour search, 1 or more. Default: the machine's cores. */
  threads?: number;
  /** Where `onnx` runs: `cpu`, `cuda`, `webgpu`, `dml`, `coreml`. Default `cpu`. */
  device?: string;
  /**
   * Of a graph: the `neighbors` nearest others of some rows, as whoever made the graph would list them (row i of the
   * answer belongs to `rows[i]`). With it the result can be certified. Default: none.
   */
  widen?: (rows: Int32Array, neighbors: number) => NeighborGraph | Promise<NeighborGraph>;
  /** Of a graph: the searcher that made it, to the same end as `widen`, and faster. Default: none. */
  scanner?: Scanner;
  /**
   * Of a graph: the points that it was made from. Weights are then taken from them in float64, as for points, and
   * `predict`, `membership` and `validity` work on the fit. Default: none.
   */
  points?: Matrix;
  /** Of a graph: its neighbours come from an approximate index, so nothing can be proven. Default false. */
  approximate?: boolean;
}

/** The options that decide the result, defaults filled in. */
export interface Settings extends Required<CutOptions> {
  minClusterSize: number;
  minSamples: number;
  alpha: number;
  metric: 'euclidean' | 'cosine';
}

const show = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : value === null || typeof value !== 'object'
      ? String(value)
      : 'an object';

export function requireWhole(name: string, value: unknown, least: number): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > 0x7fffffff) {
    throw new UserError(`${name} must be a whole number of at least ${least}; got ${show(value)}`);
  }
  return value as number;
}

function requireOneOf<T extends string>(name: string, value: unknown, names: readonly T[]): T {
  if (!names.includes(value as T)) {
    throw new UserError(`${name} must be one of ${names.join(', ')}; got ${show(value)}`);
  }
  return value as T;
}

function requireFlag(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new UserError(`${name} must be true or false; got ${show(value)}`);
  return value;
}

/** Fills in `base` where an option is left out, and checks. Throws a UserError with the option, the value and the rule. */
export function resolveCut(options: CutOptions, base?: Settings): Required<CutOptions> {
  const method = options.clusterSelectionMethod ?? base?.clusterSelectionMethod ?? 'eom';
  const epsilon = options.clusterSelectionEpsilon ?? base?.clusterSelectionEpsilon ?? 0;
  if (typeof epsilon !== 'number' || !(epsilon >= 0) || epsilon === Number.POSITIVE_INFINITY) {
    throw new UserError(`clusterSelectionEpsilon must be a number of at least 0; got ${show(epsilon)}`);
  }
  return {
    clusterSelectionMethod: requireOneOf('clusterSelectionMethod', method, ['eom', 'leaf']),
    clusterSelectionEpsilon: epsilon,
    maxClusterSize: requireWhole('maxClusterSize', options.maxClusterSize ?? base?.maxClusterSize ?? 0, 0),
    allowSingleCluster: requireFlag(
      'allowSingleCluster',
      options.allowSingleCluster ?? base?.allowSingleCluster ?? false,
    ),
  };
}

const KNOWN: ReadonlySet<string> = new Set([
  'clusterSelectionMethod',
  'clusterSelectionEpsilon',
  'maxClusterSize',
  'allowSingleCluster',
  'minClusterSize',
  'minSamples',
  'alpha',
  'metric',
  'neighbors',
  'mst',
  'engine',
  'threads',
  'device',
  'widen',
  'scanner',
  'points',
  'approximate',
  'signal',
  'onProgress',
]);

export function resolve(options: HdbscanOptions): Settings {
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) throw new UserError(`unknown option ${name}; known: ${[...KNOWN].join(', ')}`);
  }
  const minClusterSize = requireWhole('minClusterSize', options.minClusterSize ?? 5, 2);
  const alpha = options.alpha ?? 1;
  if (typeof alpha !== 'number' || !(alpha > 0) || alpha === Number.POSITIVE_INFINITY) {
    throw new UserError(`alpha must be a number above 0; got ${show(alpha)}`);
  }
  if (options.neighbors !== undefined) requireWhole('neighbors', options.neighbors, 1);
  if (options.threads !== undefined) requireWhole('threads', options.threads, 1);
  requireOneOf('mst', options.mst ?? 'auto', ['auto', 'boruvka', 'prim']);
  requireOneOf('engine', options.engine ?? 'auto', ['auto', 'wasm', 'kdtree', 'onnx', 'usearch']);
  if (options.widen !== undefined && typeof options.widen !== 'function') {
    throw new UserError(`widen must be a function (rows, neighbors) => graph; got ${show(options.widen)}`);
  }
  return {
    minClusterSize,
    minSamples: requireWhole('minSamples', options.minSamples ?? minClusterSize, 1),
    alpha,
    metric: requireOneOf('metric', options.metric ?? 'euclidean', ['euclidean', 'cosine']),
    ...resolveCut(options),
  };
}
