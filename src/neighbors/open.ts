import { FailureError, UserError } from '../errors.js';
import type { Matrix } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { openBrute } from './brute.js';
import { type Choice, choose, chooseProducts, describeSeconds, wasmSeconds } from './choose.js';
import { openKdTree } from './kdtree.js';
import { hasNative } from './native.js';
import { ENGINES, type EngineName, type Searcher, type SearcherOptions } from './searcher.js';

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
