import { FailureError, UserError } from '../errors.js';
import type { Matrix } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { autoDevices, openPreferred } from './auto-device.js';
import { openBrute } from './brute.js';
import {
  type Choice,
  cellsSeconds,
  choose,
  chooseProducts,
  describeSeconds,
  describeSize,
  FEW_DIMENSIONS,
  onnxSeconds,
  PRODUCT_SECONDS,
  type Situation,
  wasmSeconds,
} from './choose.js';
import type { DeviceChoice } from './device-choice.js';
import { type KdTree, openKdTree } from './kdtree.js';
import { hasNative } from './native.js';
import type { EngineName, Searcher, SearcherOptions } from './searcher.js';

/** A k-d tree's speed is measured on this many runs of rows, of this many rows each (one chunk of queries). */
const RUNS = 8;
const RUN = 128;
/** Rows from which a probe costs little compared with the search. */
const WORTH_A_PROBE = 5000;
/** Seconds of comparing all pairs from which building a tree to try it costs little. */
const WORTH_A_TREE = 0.5;
/** Estimated seconds of a tree from which timing both it and products, about 0.1 s, costs little. */
const WORTH_A_TIMING = 0.1;
/** Seconds in WebAssembly from which loading ONNX Runtime can pay. */
const WORTH_LOADING = 0.3;
/** Dimensions up to which a k-d tree never loses. */
const SURE_DIMENSIONS = 3;

/**
 * Opens an engine over finite points; no engine falls back to another. With `auto`, or none named, the engine is exact unless
 * `approximate` allows another, see `exact` of the result and choose.ts.
 * @throws UserError where an exact search is estimated to take more than `maxSearchSeconds`
 * @throws FailureError where the named engine isn't installed or has too little memory
 */
export async function openSearcher(points: Matrix, options: SearcherOptions = {}): Promise<Searcher> {
  const { engine, device, signal } = options;
  signal?.throwIfAborted();
  const settings = device === 'auto' ? { ...options, device: 'cpu', devices: autoDevices() } : options;
  return engine === undefined || engine === 'auto'
    ? openBest(points, settings)
    : open(engine, points, settings);
}

async function open(engine: EngineName, points: Matrix, options: SearcherOptions): Promise<Searcher> {
  try {
    if (engine === 'wasm') return await openBrute(points, options);
    if (engine === 'kdtree') return await openKdTree(points, options);
    if (engine === 'onnx') {
      const found = options.devices && (await openInstead(points, options.devices, options));
      return found ?? (await (await import('./onnx.js')).openOnnx(points, options));
    }
    if (engine === 'cells') return await (await import('./cells.js')).openCells(points, options);
    return await (await import('./usearch.js')).openUsearch(points, options);
  } catch (error) {
    throw asAdvice(error, engine, points);
  }
}

/** A device that is faster than ONNX Runtime on the processor. */
async function openInstead(points: Matrix, devices: DeviceChoice, options: SearcherOptions) {
  const situation = await situationOf(points, options);
  return openPreferred(points, devices, options, situation, (slowness) =>
    onnxSeconds({ ...situation, slowness }),
  );
}

/** Turns an allocation that failed into an error that names engine, size and a remedy. */
function asAdvice(error: unknown, engine: EngineName, { rows, cols }: Matrix): unknown {
  if (!(error instanceof RangeError)) return error;
  const size = `${rows.toLocaleString('en')} × ${cols} points`;
  return new FailureError(
    `engine "${engine}": ${size}: ${error.message}; use the engine "usearch", fewer rows or fewer dimensions`,
    { code: 'OUT_OF_MEMORY', option: 'engine', cause: error },
  );
}

type Size = Pick<Matrix, 'rows' | 'cols'>;
type Allowance = Pick<SearcherOptions, 'approximate' | 'maxSearchSeconds' | 'threads' | 'device'>;

/** Whether a device is required, which `auto` isn't. */
const namesDevice = (device: string | undefined): boolean =>
  device !== undefined && device !== 'cpu' && device !== 'auto';

async function situationOf({ rows, cols }: Size, options: Allowance): Promise<Situation> {
  const threads = options.threads ?? cores();
  return {
    rows,
    cols,
    threads,
    isOnDevice: namesDevice(options.device),
    // A small search is over before a native package is loaded.
    hasOnnx: wasmSeconds({ rows, cols, threads }) > WORTH_LOADING && (await hasNative('onnxruntime-node')),
    mayApproximate: options.approximate === true,
  };
}

/**
 * Refuses a search that `auto` would refuse, before there are points.
 * @throws UserError where an exact search is estimated to take more than `maxSearchSeconds`
 */
export async function refuseLongSearch(size: Size, options: Allowance): Promise<void> {
  const situation = await situationOf(size, options);
  refuseLong(choose(situation), situation, options);
}

function refuseLong({ engine, seconds }: Choice, situation: Situation, options: Allowance): void {
  const { maxSearchSeconds = Number.POSITIVE_INFINITY } = options;
  if (engine === 'cells' || seconds <= maxSearchSeconds) return;
  const { rows, cols } = situation;
  const other = describeSeconds(cellsSeconds(situation));
  const way = situation.mayApproximate
    ? `an approximate one would take ${other}`
    : `an approximate one would take ${other}: \`approximate\` allows it`;
  throw new UserError(
    `exact neighbours of ${describeSize(rows, cols)} vectors would take ${describeSeconds(seconds)}, and \`maxSearchSeconds\` is ${maxSearchSeconds}; ${way}${situation.mayApproximate ? ';' : ', or'} raise \`maxSearchSeconds\``,
    { code: 'SEARCH_TOO_LONG', option: 'maxSearchSeconds' },
  );
}

async function openBest(points: Matrix, options: SearcherOptions): Promise<Searcher> {
  const { rows, cols } = points;
  const situation = await situationOf(points, options);
  const { isOnDevice } = situation;
  const tell = ({ engine, seconds, reason }: Choice) =>
    options.onProgress?.({
      stage: 'neighbors',
      message: `neighbours by ${engine}: ${reason}; expect ${describeSeconds(seconds)}`,
      level: engine === 'cells' ? 'warning' : 'debug',
    });
  const openChosen = (choice: Choice) => {
    refuseLong(choice, situation, options);
    tell(choice);
    return open(choice.engine, points, options);
  };
  const choice = choose(situation);
  if (options.devices && !isOnDevice) {
    const found = await openPreferred(
      points,
      options.devices,
      options,
      situation,
      (slowness) => choose({ ...situation, slowness }).seconds,
    );
    if (found) return found;
  }
  const mayBeTree = !isOnDevice && cols > SURE_DIMENSIONS && cols <= FEW_DIMENSIONS && rows >= WORTH_A_PROBE;
  const isQuick = choice.seconds < (choice.engine === 'kdtree' ? WORTH_A_TIMING : WORTH_A_TREE);
  if (!mayBeTree || isQuick) {
    return openChosen(choice);
  }
  // How many rows a tree has to compare depends on the data, so it is timed on some rows first.
  const tree = await openKdTree(points, options);
  const seconds = await probe(tree, points, options).catch((error) => {
    tree.close();
    throw error;
  });
  const other = chooseProducts({ ...situation, slowness: tree.secondsPerProduct() / PRODUCT_SECONDS });
  if (seconds <= other.seconds) {
    try {
      refuseLong({ engine: 'kdtree', seconds, reason: '' }, situation, options);
    } catch (error) {
      tree.close();
      throw error;
    }
    tell({ engine: 'kdtree', seconds, reason: `few dimensions (${describeSize(rows, cols)})` });
    return tree;
  }
  tree.close();
  return openChosen({
    ...other,
    reason: `${other.reason}, a k-d tree would take ${describeSeconds(seconds)}`,
  });
}

/** Estimates the seconds that a tree takes for all rows from the time it takes for some. */
async function probe(tree: KdTree, { rows }: Matrix, { neighbors = 16, signal }: SearcherOptions) {
  // The first call is slower than the next.
  await tree.widen(tree.rowsInRuns(2, RUN), neighbors, { signal });
  const asked = tree.rowsInRuns(RUNS, RUN);
  const start = performance.now();
  await tree.widen(asked, neighbors, { signal });
  return (((performance.now() - start) / 1000) * rows) / asked.length;
}
