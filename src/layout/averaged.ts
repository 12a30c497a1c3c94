// A space of few dimensions for density-based clustering: each row's vector is averaged with those of its neighbours and projected on the
// principal directions of these averages; then rows move towards their neighbours (as in mean shift). It is deterministic, and one row
// more moves the others by little.
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { AVERAGED_COLUMNS } from './averaged-columns.js';
import { type AveragedPool, withAveragedPool } from './averaged-module.js';
import { averagesOf, nearNeighbors, type Rows } from './averages.js';
import { type Directions, directionsOf, projectionsOn } from './directions.js';
import { fuzzyGraph } from './graph.js';
import { withPool } from './module.js';
import { moveToNeighbors, ROUNDS } from './move.js';
import { outsideSpots } from './outside.js';
import { foldRows, type Vertices } from './vertices.js';

/**
 * So many neighbours attract a row at most. With 15, 25 and 40, of 1,000 rows held out of eight sets of 6,500 to 8,600 rows 93.6, 94.4 and 95.1 % are in
 * the topic that clustering all anew gives them, and AMI of topics of 5,000 rows of six sets is 0.656, 0.659 and 0.661.
 */
const MOST_ATTRACTING = 40;
/**
 * Root mean square distance from the mean before the rounds: the scale on which a neighbour at distance 1 weighs half as much as one at
 * distance 0.
 */
const SPREAD = Math.sqrt(50);
/** Edges whose weight is less than the largest weight ÷ this are dropped. */
const PRUNING = 500;
/**
 * Directions are those of the first rows, as many as hold so many numbers: those of all rows would take long. With and without 1,000 of some 7,600
 * rows, 95.8 % stayed in their topic with directions of the first 5,000, 96.6 % with those of all.
 */
const SAMPLED_NUMBERS = 2 ** 23;
/** Rows beyond the sample that are placed at once. */
const ROWS_AT_ONCE = 16_384;
/** Below so many rows a thread takes longer to start than to work. */
const WORTH_THREADS = 3000;

/** How many threads work on so many rows. */
export const threadsFor = (rows: number, threads: number | undefined): number =>
  threads ?? (rows < WORTH_THREADS ? 1 : cores());

/** How many neighbours attract a row among so many rows. */
export const attractingNeighbors = (rows: number): number => Math.min(MOST_ATTRACTING, nearNeighbors(rows));

/**
 * Places rows by their vectors and neighbours. A row's unit vector and those of its nearest rows are averaged; of that the directions
 * of most variance are taken; then each row moves towards its neighbours, weighted by the fuzzy union of their lists (as UMAP's) and less
 * the farther away they are, so that groups become denser and gaps between them stay. Identical rows share a place; rows
 * without neighbours lie on a ring around the others. The same rows in the same order give the same bytes on any number of threads.
 *
 * @param graph nearest others of every row, by euclidean distance of unit vectors
 * @param vectors of any length; one of length 0 or with a number that isn't finite counts as zeros
 * @param options `threads`: how many compute; `signal` and `onProgress`
 * @returns places, rows × 8 columns, about 7 from their middle on the (quadratic) mean before rows move
 * @throws UserError for other rows of vectors than the graph has
 * @example
 * const space = await averagedSpace(graph, vectors);
 * const fit = await hdbscan(space, { minClusterSize: 5, minSamples: 5 });
 */
export async function averagedSpace(
  graph: NeighborGraph,
  vectors: Matrix,
  options: Watch & { threads?: number } = {},
): Promise<Matrix> {
  const { signal, onProgress, threads } = options;
  if (vectors.rows !== graph.rows) {
    throw new UserError(`vectors must have as many rows as the graph, ${graph.rows}; got ${vectors.rows}`, {
      code: 'OPTION_INVALID',
      option: 'vectors',
    });
  }
  const report = (done: number) => onProgress?.({ stage: 'layout', done, total: ROUNDS, unit: 'rounds' });
  const neighbors = Math.min(attractingNeighbors(graph.rows), graph.neighbors);
  const vertices = foldRows(graph, neighbors);
  const used = threadsFor(graph.rows, threads);
  const edges = await withPool(used, async (pool) => {
    const { arena } = pool.kernel;
    const fuzzy = await fuzzyGraph(pool, graph, vertices, neighbors, PRUNING, signal);
    return {
      offsets: arena.i32(fuzzy.offsets, fuzzy.vertices + 1).slice(),
      tails: arena.i32(fuzzy.tails, fuzzy.edges).slice(),
      weights: arena.f32(fuzzy.weights, fuzzy.edges).slice(),
    };
  });
  const moved = await withAveragedPool(used, async (pool) => {
    const positions = await startOf(pool, graph, vectors, vertices, signal);
    return moveToNeighbors(pool, positions, edges, { signal, report });
  });
  return { data: ofRows(moved, vertices), rows: graph.rows, cols: AVERAGED_COLUMNS };
}

/** Places of the vertices before the rounds, vertices × `AVERAGED_COLUMNS`. */
async function startOf(
  pool: AveragedPool,
  graph: NeighborGraph,
  vectors: Matrix,
  { rows, count }: Vertices,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { arena } = pool.kernel;
  const mark = arena.mark();
  const every = Int32Array.from({ length: graph.rows }, (_, row) => row);
  const { sample, directions } = await directionsOfAverages(pool, graph, vectors, every, signal);
  const sampled = await projectionsOn(pool, sample, directions, signal);
  arena.release(mark);
  const positions = new Float64Array(count * AVERAGED_COLUMNS);
  const set = (v: number, from: Float64Array, at: number) =>
    positions.set(from.subarray(at * AVERAGED_COLUMNS, (at + 1) * AVERAGED_COLUMNS), v * AVERAGED_COLUMNS);
  // Vertices are in the order of their rows.
  let known = 0;
  for (; known < count && rows[known] < sample.rows; known++) set(known, sampled, rows[known]);
  for (let first = known; first < count; first += ROWS_AT_ONCE) {
    const others = rows.subarray(first, Math.min(count, first + ROWS_AT_ONCE));
    const averages = await averagesOf(pool, graph, vectors, others, { signal });
    const projected = await projectionsOn(pool, averages, directions, signal);
    arena.release(mark);
    for (let at = 0; at < others.length; at++) set(first + at, projected, at);
  }
  return inScale(positions, count);
}

/** Places at a root mean square distance of `SPREAD` from 0. */
function inScale(positions: Float64Array, count: number): Float32Array {
  let squares = 0;
  for (let at = 0; at < positions.length; at += 2)
    squares += positions[at] * positions[at] + positions[at + 1] * positions[at + 1];
  const scale = squares > 0 ? SPREAD / Math.sqrt(squares / count) : 0;
  const scaled = new Float32Array(positions.length);
  for (let at = 0; at < positions.length; at++) scaled[at] = positions[at] * scale;
  return scaled;
}

/**
 * The directions of most variance of averages, from the first of some rows.
 * @param rows whose averages count, as many of the first as are sampled
 * @returns also the averages that were used, in the memory of the pool
 */
export async function directionsOfAverages(
  pool: AveragedPool,
  graph: NeighborGraph,
  vectors: Matrix,
  rows: Int32Array,
  signal: AbortSignal | undefined,
): Promise<{ sample: Rows; directions: Directions }> {
  const sampled = Math.min(rows.length, Math.ceil(SAMPLED_NUMBERS / vectors.cols));
  const sample = await averagesOf(pool, graph, vectors, rows.subarray(0, sampled), { signal });
  return { sample, directions: await directionsOf(pool, sample, signal) };
}

/** From vertices to rows: identical rows share a place, rows without neighbours lie on a ring around the others. */
function ofRows(positions: Float32Array, { ofRow, isolated }: Vertices): Float32Array {
  const cols = AVERAGED_COLUMNS;
  const data = new Float32Array(ofRow.length * cols);
  const outside = outsideSpots(positions, cols, isolated);
  for (const [row, v] of ofRow.entries()) {
    const from = v >= 0 ? positions : outside;
    const at = (v >= 0 ? v : -1 - v) * cols;
    data.set(from.subarray(at, at + cols), row * cols);
  }
  return data;
}
