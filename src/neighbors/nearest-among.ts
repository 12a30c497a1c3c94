import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { openBrute, threadsWorth } from './brute.js';
import { squaredDistance } from './distance.js';
import { insertNearest } from './insert.js';
import { hasNative } from './native.js';

/** Query rows per search: their buffers take about a kilobyte each. */
const AT_ONCE = 16_384;
/** Multiplications from which ONNX Runtime is worth loading: WebAssembly takes about 0.2 s for so many. */
const WORTH_ONNX = 2e9;
/** How many times larger than the points' largest number a row's numbers may be, to be multiplied with them. */
const FAR = 2 ** 10;
/** Between these, squares of numbers FAR times as large fit into float32. */
const COMFORTABLE = { least: 2 ** -20, most: 2 ** 40 };

/**
 * The k nearest rows of `points` for each row of `fresh`, sorted by (distance, index); an empty slot is −1 and +∞. Rows with a
 * number that isn't finite, of either, have no distance to anything.
 * @param options `threads`: how many compute; by default as many as are worth it
 */
export async function nearestAmong(
  points: Matrix,
  fresh: Matrix,
  k: number,
  { threads, ...watch }: Watch & { threads?: number } = {},
): Promise<NeighborGraph> {
  const { cols } = fresh;
  const graph: NeighborGraph = {
    indices: new Int32Array(fresh.rows * k).fill(-1),
    distances: new Float32Array(fresh.rows * k).fill(Number.POSITIVE_INFINITY),
    rows: fresh.rows,
    neighbors: k,
  };
  const { near, far } = sortOut(points, fresh);
  await compareEach(points, fresh, far, graph, watch);
  if (near.length === 0) return graph;
  const products = points.rows * near.length * cols;
  const options = { ...watch, threads: threads ?? Math.min(cores(), threadsWorth(products)) };
  const searcher =
    products >= WORTH_ONNX && (await hasNative('onnxruntime-node'))
      ? await (await import('./onnx.js')).openForOthers(points, options)
      : await openBrute(points, options);
  try {
    for (let from = 0; from < near.length; from += AT_ONCE) {
      const rows = near.subarray(from, from + AT_ONCE);
      const data = new Float32Array(rows.length * cols);
      for (let at = 0; at < rows.length; at++) {
        data.set(fresh.data.subarray(rows[at] * cols, (rows[at] + 1) * cols), at * cols);
      }
      const found = await searcher.nearestTo({ data, rows: rows.length, cols }, k, watch);
      for (let at = 0; at < rows.length; at++) {
        graph.indices.set(found.indices.subarray(at * k, (at + 1) * k), rows[at] * k);
        graph.distances.set(found.distances.subarray(at * k, (at + 1) * k), rows[at] * k);
      }
    }
  } finally {
    searcher.close();
  }
  return graph;
}

/** The largest magnitude of some numbers; NaN or an infinity where one isn't finite. */
function largest(numbers: Float32Array): number {
  let most = 0;
  for (let at = 0; at < numbers.length; at++) {
    const magnitude = Math.abs(numbers[at]);
    if (!(magnitude <= most)) most = magnitude;
  }
  return most;
}

/** Rows that kernels can multiply with the points, and finite rows that are so far off that they can't. */
function sortOut(points: Matrix, { data, rows, cols }: Matrix): { near: Int32Array; far: Int32Array } {
  const most = largest(points.data);
  const isComfortable = most >= COMFORTABLE.least && most <= COMFORTABLE.most;
  const near: number[] = [];
  const far: number[] = [];
  for (let row = 0; row < rows; row++) {
    const size = largest(data.subarray(row * cols, (row + 1) * cols));
    if (isComfortable && size <= most * FAR) near.push(row);
    else if (Number.isFinite(size)) far.push(row);
  }
  return { near: Int32Array.from(near), far: Int32Array.from(far) };
}

/** Finds the nearest of some rows of `fresh` by measuring each pair in float64. */
async function compareEach(
  points: Matrix,
  fresh: Matrix,
  rows: Int32Array,
  graph: NeighborGraph,
  { signal }: Watch,
): Promise<void> {
  const { cols } = points;
  const k = graph.neighbors;
  const pause = breathe(signal);
  for (const row of rows) {
    const squares = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
    const others = graph.indices.subarray(row * k, (row + 1) * k);
    for (let other = 0; other < points.rows; other++) {
      const square = squaredDistance(fresh.data, row * cols, points.data, other * cols, cols);
      insertNearest(others, squares, 0, k, other, square);
      if (other % 4096 === 4095) await pause();
    }
    graph.distances.set(squares.map(Math.sqrt), row * k);
    await pause();
  }
}
