import { FailureError, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { openBrute } from './brute.js';
import { type Choice, choose, chooseProducts, describeSeconds, wasmSeconds } from './choose.js';
import { openKdTree } from './kdtree.js';
import { hasNative } from './native.js';

export interface ForeignEdges {
  /** Row at the other end of each asking row's edge, -1 if there is none. */
  to: Int32Array;
  /** Euclidean distance of the two rows (not the mutual reachability), +∞ if there is none. */
  distance: Float32Array;
}

export interface ForeignWatch extends Watch {
  /** Per asking row, float32: a heavier edge is of no use, there may as well be none. Left out: every edge is wanted. */
  limits?: Float32Array;
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
   * component; equal weights: the lower index. Memory grows with the rows only.
   */
  nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float32Array,
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
  /** Where `onnx` multiplies: `cpu` (default), `cuda`, `webgpu`, `dml`, `coreml`. */
  device?: string;
}

/** Questions that show how fast a k-d tree is. */
const PROBES = 256;
/** Rows from which a probe costs little beside the search. */
const WORTH_A_PROBE = 5000;
/** Seconds in WebAssembly from which loading ONNX Runtime can pay. */
const WORTH_LOADING = 0.3;
/** Dimensions up to which a k-d tree never loses. */
const SURE_DIMENSIONS = 3;

/**
 * Opens an engine over finite points. Throws a UserError for an unknown engine or an impossible number of threads,
 * a FailureError where the engine asked for isn't there: none falls back to another.
 */
export async function openSearcher(points: Matrix, options: SearcherOptions = {}): Promise<Searcher> {
  const { engine = 'auto', threads, signal } = options;
  if (engine !== 'auto' && !ENGINES.includes(engine)) {
    throw new UserError(`engine "${engine}": must be one of auto, ${ENGINES.join(', ')}`);
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new UserError(`threads ${threads}: must be a whole number of at least 1`);
  }
  signal?.throwIfAborted();
  return engine === 'auto' ? openBest(points, options) : open(engine, points, options);
}

async function open(engine: EngineName, points: Matrix, options: SearcherOptions): Promise<Searcher> {
  try {
    if (engine === 'wasm') return await openBrute(points, options);
    if (engine === 'kdtree') return await openKdTree(points, options);
    if (engine === 'onnx') return await (await import('./onnx.js')).openOnnx(points, options);
    return await (await import('./usearch.js')).openUsearch(points, options);
  } catch (error) {
    throw asAdvice(error, engine, points);
  }
}

/** A memory that is too small, in words. */
function asAdvice(error: unknown, engine: EngineName, { rows, cols }: Matrix): unknown {
  if (!(error instanceof RangeError)) return error;
  const size = `${rows.toLocaleString('en')} × ${cols} points`;
  return new FailureError(
    `engine "${engine}": ${size}: ${error.message}; use the engine "usearch", fewer rows or fewer dimensions`,
  );
}

async function openBest(points: Matrix, options: SearcherOptions): Promise<Searcher> {
  const { rows, cols } = points;
  const isOnDevice = options.device !== undefined && options.device !== 'cpu';
  const threads = options.threads ?? cores();
  const situation = {
    rows,
    cols,
    threads,
    isOnDevice,
    // A small search is over before a native package is loaded.
    hasOnnx: wasmSeconds({ rows, cols, threads }) > WORTH_LOADING && (await hasNative('onnxruntime-node')),
    hasUsearch: rows > 100_000 && (await hasNative('usearch')),
  };
  const tell = ({ engine, seconds, reason }: Choice) =>
    options.onProgress?.({
      stage: 'neighbors',
      message: `neighbours by ${engine}: ${reason}; expect ${describeSeconds(seconds)}`,
      level: engine === 'usearch' ? 'warning' : 'info',
    });
  const choice = choose(situation);
  if (choice.engine !== 'kdtree' || cols <= SURE_DIMENSIONS || rows < WORTH_A_PROBE) {
    tell(choice);
    return open(choice.engine, points, options);
  }
  // How much a tree has to look at depends on the data: ask it a few questions before the rest.
  const tree = await open('kdtree', points, options);
  const start = performance.now();
  await tree.widen(
    Int32Array.from({ length: PROBES }, (_, i) => Math.floor((i / PROBES) * rows)),
    16,
    { signal: options.signal },
  );
  const seconds = (((performance.now() - start) / 1000) * rows) / PROBES;
  const other = chooseProducts(situation);
  if (seconds <= other.seconds) {
    tell({ ...choice, seconds });
    return tree;
  }
  tree.close();
  tell({ ...other, reason: `${other.reason}, a k-d tree would take ${describeSeconds(seconds)}` });
  return open(other.engine, points, options);
}
