import { WORTH_BYTES } from './products.js';
import type { EngineName } from './searcher.js';

/** What a choice is made from. */
export interface Situation {
  rows: number;
  cols: number;
  /** Threads that will work. */
  threads: number;
  /** Whether a device other than the processor is required by the options. */
  isOnDevice: boolean;
  /** Time of this machine divided by that of the reference machine (a processor of 2024), where it was measured. */
  slowness?: number;
  hasOnnx: boolean;
  /** Whether an approximate search is allowed. */
  mayApproximate: boolean;
}

type Size = Pick<Situation, 'rows' | 'cols' | 'threads' | 'slowness'>;

export interface Choice {
  engine: EngineName;
  /** Estimated seconds of one search with some dozen neighbours, from measurements on a processor of 2024. */
  seconds: number;
  /** One line: why, and what it means. */
  reason: string;
}

/** Dimensions up to which a k-d tree can be the faster one. */
export const FEW_DIMENSIONS = 16;

/** Seconds per multiplication in WebAssembly, on one thread of that machine. */
export const PRODUCT_SECONDS = 1 / 26e9;

/** Seconds of all pairs in WebAssembly: products, then two comparisons per pair. */
export const wasmSeconds = ({ rows, cols, threads, slowness = 1 }: Size) =>
  ((rows * rows * (cols * PRODUCT_SECONDS + 0.5e-9) + rows * 10e-6) / threads) * slowness;

/** Multiplications a second of ONNX Runtime on one thread of that machine: in float32, and in 8 bits, more candidates included. */
const ONNX_SPEED = { float: 85e9, bytes: 350e9 };

/**
 * Seconds of all pairs by ONNX Runtime, which loads first; scores are then compared. Rows in 8 bits that turn out to need
 * float32 take 1.5 to 2 times as long.
 */
export const onnxSeconds = ({ rows, cols, threads, slowness = 1 }: Size) => {
  const inBytes = rows * cols >= WORTH_BYTES.numbers && cols >= WORTH_BYTES.cols;
  const speed = inBytes ? ONNX_SPEED.bytes : ONNX_SPEED.float;
  return (0.1 + (rows * rows * (cols / speed + 0.9e-9) + rows * 10e-6) / threads) * slowness;
};

/** Seconds of all pairs on a graphics card, which opens first: an H100 or H200 in float32. Others take several times as long. */
const deviceSeconds = ({ rows, cols }: Size) => 3 + rows * rows * (cols / 2e13);

/** Seconds of a k-d tree with few dimensions; it grows 1.8-fold with each dimension from the fifth on. */
const treeSeconds = ({ rows, cols, threads }: Size) =>
  (rows * (2e-6 + 0.1e-6 * Math.log2(rows + 1)) * 1.8 ** Math.max(0, cols - 4)) / threads;

/** Rows that a row is compared with by ONNX Runtime in cells, about, and seconds of all else that is done for it. */
const IN_CELLS = { compared: 20_000, seconds: 60e-6 };

/** Seconds of the approximate search in cells. */
export const cellsSeconds = ({ rows, cols, threads, slowness = 1, hasOnnx }: Size & { hasOnnx: boolean }) => {
  const each = hasOnnx
    ? Math.min(rows, IN_CELLS.compared) * (cols / ONNX_SPEED.bytes + 0.9e-9) + IN_CELLS.seconds
    : rows ** 0.35 * (cols + 60) * 3.6e-9 + 80e-6;
  return ((rows * each) / threads) * slowness;
};

/**
 * Picks an engine by rows, dimensions and installed packages: the exact one (kdtree, wasm, onnx) with the lowest estimate, or
 * cells where an approximate search is allowed and estimated to be faster.
 */
export function choose(situation: Situation): Choice {
  const { rows, cols, isOnDevice } = situation;
  const tree = treeSeconds(situation);
  if (!isOnDevice && cols <= FEW_DIMENSIONS && tree < wasmSeconds(situation)) {
    return { engine: 'kdtree', seconds: tree, reason: `few dimensions (${describeSize(rows, cols)})` };
  }
  return chooseProducts(situation);
}

/** The same without the k-d tree. */
export function chooseProducts(situation: Situation): Choice {
  const { rows, cols, isOnDevice, hasOnnx, mayApproximate } = situation;
  const size = describeSize(rows, cols);
  if (isOnDevice) return { engine: 'onnx', seconds: deviceSeconds(situation), reason: 'a device is named' };
  const wasm = wasmSeconds(situation);
  const onnx = hasOnnx ? onnxSeconds(situation) : Number.POSITIVE_INFINITY;
  const exact: Choice =
    onnx < wasm
      ? { engine: 'onnx', seconds: onnx, reason: `fastest for ${size}` }
      : { engine: 'wasm', seconds: wasm, reason: `right for ${size}` };
  const seconds = cellsSeconds(situation);
  if (!mayApproximate || exact.seconds <= seconds) return exact;
  const wait = describeSeconds(exact.seconds);
  return {
    engine: 'cells',
    seconds,
    reason: `approximate, as allowed; exact search of ${size} would take ${wait} (engine "${exact.engine}")`,
  };
}

export function describeSize(rows: number, cols: number): string {
  return `${rows.toLocaleString('en')} × ${cols}`;
}

/** `under a second`, `about 40 s`, `about 5 min`, `about 3 h`. */
export function describeSeconds(seconds: number): string {
  if (seconds < 1) return 'under a second';
  if (seconds < 100) return `about ${Math.round(seconds)} s`;
  if (seconds < 6000) return `about ${Math.round(seconds / 60)} min`;
  return `about ${Math.round(seconds / 3600)} h`;
}
