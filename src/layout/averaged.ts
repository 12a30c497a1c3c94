// A space of few dimensions for density-based clustering: each row's vector is averaged with those of its neighbours and projected on the
// principal directions of these averages; then rows move towards their neighbours (as in mean shift). It is deterministic, and one row
// more moves the others by little.
import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { AVERAGED_COLUMNS } from './averaged-columns.js';
import { type Directions, directionsOf } from './directions.js';
import { fuzzyGraph } from './graph.js';
import { type LayoutPool, withPool } from './module.js';
import { outsideSpots } from './outside.js';
import { foldRows, isEdge, type Vertices } from './vertices.js';

/** How many neighbours a row's vector is averaged with. */
export const AVERAGED_NEIGHBORS = 30;
/** How many neighbours attract a row. */
export const ATTRACTING_NEIGHBORS = 15;
/** Rounds in which rows move towards the mean of their neighbours, and which share of the way they go in each. */
export const ROUNDS = 15;
const STEP = 0.7;
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
/** Below so many rows a thread takes longer to start than to work. */
const WORTH_THREADS = 3000;

/**
 * Places rows by their vectors and neighbours. A row's unit vector and those of its nearest rows are averaged; of that the directions
 * of most variance are taken; then each row moves towards its neighbours, weighted by the fuzzy union of their lists (as UMAP's) and less
 * the farther away they are, so that groups become denser and gaps between them stay. Identical rows share a place; rows
 * without neighbours lie on a ring around the others. The same rows in the same order give the same bytes on any number of threads.
 *
 * @param graph nearest others of every row, by euclidean distance of unit vectors
 * @param vectors of any length; one of length 0 or with a number that isn't finite counts as zeros
 * @returns rows × `AVERAGED_COLUMNS`
 */
export async function averagedSpace(
  graph: NeighborGraph,
  vectors: Matrix,
  { signal, onProgress, threads }: Watch & { threads?: number },
): Promise<Matrix> {
  const report = (done: number) => onProgress?.({ stage: 'layout', done, total: ROUNDS, unit: 'rounds' });
  const neighbors = Math.min(ATTRACTING_NEIGHBORS, graph.neighbors);
  const vertices = foldRows(graph, neighbors);
  const used = threads ?? (graph.rows < WORTH_THREADS ? 1 : cores());
  const moved = await withPool(used, async (pool) => {
    const positions = await startOf(pool, graph, vectors, vertices, signal);
    const { arena } = pool.kernel;
    const fuzzy = await fuzzyGraph(pool, graph, vertices, neighbors, PRUNING, signal);
    const edges = {
      offsets: arena.i32(fuzzy.offsets, fuzzy.vertices + 1).slice(),
      tails: arena.i32(fuzzy.tails, fuzzy.edges).slice(),
      weights: arena.f32(fuzzy.weights, fuzzy.edges).slice(),
    };
    return moveAll(positions, edges, report, signal);
  });
  return { data: ofRows(moved, vertices), rows: graph.rows, cols: AVERAGED_COLUMNS };
}

/** Places of the vertices before the rounds, vertices × `AVERAGED_COLUMNS`. */
async function startOf(
  pool: LayoutPool,
  graph: NeighborGraph,
  vectors: Matrix,
  { rows, count }: Vertices,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { cols } = vectors;
  const every = Int32Array.from({ length: graph.rows }, (_, row) => row);
  const { average, sample, mean, directions } = await directionsOfAverages(
    pool,
    graph,
    vectors,
    every,
    signal,
  );
  const own = new Float64Array(cols);
  const pause = breathe(signal);
  const positions = new Float64Array(count * AVERAGED_COLUMNS);
  let squares = 0;
  for (let v = 0; v < count; v++) {
    if (rows[v] < sample.rows) for (let c = 0; c < cols; c++) own[c] = sample.data[rows[v] * cols + c];
    else average(rows[v], own);
    const at = v * AVERAGED_COLUMNS;
    project(own, { mean, directions }, positions, at);
    for (let d = 0; d < AVERAGED_COLUMNS; d += 2) {
      const [a, b] = [positions[at + d], positions[at + d + 1]];
      squares += a * a + b * b;
    }
    await pause();
  }
  const scale = squares > 0 ? SPREAD / Math.sqrt(squares / count) : 0;
  return Float32Array.from(positions, (value) => value * scale);
}

/**
 * The directions of most variance of averages, from the first of some rows.
 * @param rows whose averages count, as many of the first as are sampled
 * @returns also `average`, which writes that of any row, and `sample`, the averages that were used, sampled rows × columns of the vectors
 */
export async function directionsOfAverages(
  pool: LayoutPool,
  graph: NeighborGraph,
  vectors: Matrix,
  rows: Int32Array,
  signal: AbortSignal | undefined,
): Promise<Directions & { average: WriteAverage; sample: Matrix }> {
  const { cols } = vectors;
  const average = await averageOver(graph, vectors, signal);
  const sampled = Math.min(rows.length, Math.ceil(SAMPLED_NUMBERS / cols));
  const sample = { data: new Float32Array(sampled * cols), rows: sampled, cols };
  const own = new Float64Array(cols);
  const pause = breathe(signal);
  for (let at = 0; at < sampled; at++) {
    average(rows[at], own);
    sample.data.set(own, at * cols);
    await pause();
  }
  return { average, sample, ...(await directionsOf(pool, sample, AVERAGED_COLUMNS, signal)) };
}

/**
 * Writes the projection of an average on each direction to `positions`, from `at` on.
 * @param own overwritten: the mean is subtracted from it
 */
export function project(
  own: Float64Array,
  { mean, directions }: Directions,
  positions: Float64Array,
  at: number,
): void {
  const cols = own.length;
  for (let c = 0; c < cols; c++) own[c] -= mean[c];
  for (let d = 0; d < AVERAGED_COLUMNS; d += 2) {
    const [first, second] = [d * cols, (d + 1) * cols];
    let [a, b] = [0, 0];
    for (let c = 0; c < cols; c++) {
      a += own[c] * directions[first + c];
      b += own[c] * directions[second + c];
    }
    positions[at + d] = a;
    positions[at + d + 1] = b;
  }
}

type WriteAverage = (row: number, into: Float64Array) => void;

/** Writes the average of a row's unit vector and those of its neighbours, at length 1. */
async function averageOver(
  { indices, distances, rows, neighbors }: NeighborGraph,
  { data, cols }: Matrix,
  signal: AbortSignal | undefined,
): Promise<WriteAverage> {
  const units = await unitFactors({ data, rows, cols }, signal);
  const graph = { indices, distances, rows, neighbors };
  const together = new Int32Array(1 + AVERAGED_NEIGHBORS);
  return (row, into) => {
    let count = 0;
    const add = (other: number) => {
      if (units[other] > 0) together[count++] = other;
    };
    add(row);
    const first = row * neighbors;
    for (let at = first; at < first + Math.min(AVERAGED_NEIGHBORS, neighbors); at++)
      if (isEdge(graph, row, at)) add(indices[at]);
    weightedSum(data, units, together.subarray(0, count), into);
    toUnitLength(into);
  };
}

/** 1 ÷ the length of each row; 0 for one of length 0 or with a number that isn't finite. */
export async function unitFactors(
  { data, rows, cols }: Matrix,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const factors = new Float64Array(rows);
  const pause = breathe(signal);
  for (let row = 0; row < rows; row++) {
    const square = squaredLength(data, row * cols, cols);
    factors[row] = square > 0 && Number.isFinite(square) ? 1 / Math.sqrt(square) : 0;
    await pause();
  }
  return factors;
}

/** Writes the sum of some rows, each times its factor. Four at once: the sum is then read and written a quarter as often. */
export function weightedSum(
  data: Float32Array,
  factors: Float64Array,
  rows: Int32Array,
  into: Float64Array,
): void {
  const cols = into.length;
  into.fill(0);
  let at = 0;
  for (; at + 4 <= rows.length; at += 4) {
    const [a, b] = [rows[at] * cols, rows[at + 1] * cols];
    const [c, d] = [rows[at + 2] * cols, rows[at + 3] * cols];
    const [fa, fb] = [factors[rows[at]], factors[rows[at + 1]]];
    const [fc, fd] = [factors[rows[at + 2]], factors[rows[at + 3]]];
    for (let t = 0; t < cols; t++)
      into[t] += fa * data[a + t] + fb * data[b + t] + (fc * data[c + t] + fd * data[d + t]);
  }
  for (; at < rows.length; at++) {
    const from = rows[at] * cols;
    const factor = factors[rows[at]];
    for (let t = 0; t < cols; t++) into[t] += factor * data[from + t];
  }
}

/** Divides a vector by its length, unless that is 0. */
export function toUnitLength(vector: Float64Array): void {
  const length = Math.sqrt(squaredLength(vector, 0, vector.length));
  if (length > 0) for (let c = 0; c < vector.length; c++) vector[c] /= length;
}

function squaredLength(data: Float32Array | Float64Array, from: number, count: number): number {
  let square = 0;
  for (let at = from; at < from + count; at++) square += data[at] * data[at];
  return square;
}

/** A symmetric graph: row i's edges lie between `offsets[i]` and `offsets[i + 1]`. */
interface Edges {
  offsets: Int32Array;
  tails: Int32Array;
  weights: Float32Array;
}

/** In each round all vertices at once move part of the way to the weighted mean of their neighbours, near ones weighing more. */
async function moveAll(
  start: Float32Array,
  { offsets, tails, weights }: Edges,
  report: (round: number) => void,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const pause = breathe(signal);
  const edges = { indices: tails, weights };
  let places = start;
  for (let round = 0; round < ROUNDS; round++) {
    const next = places.slice();
    for (let v = 0; v < offsets.length - 1; v++) {
      moveToNeighbors(places, v, next, edges, offsets[v], offsets[v + 1]);
      if (v % 256 === 0) await pause();
    }
    places = next;
    report(round + 1);
  }
  return places;
}

const sum = new Float64Array(AVERAGED_COLUMNS);

/**
 * Moves the row `own` part of the way to the mean of its neighbours, each weighted by its edge ÷ (1 + squared distance).
 * @param places rows × `AVERAGED_COLUMNS`, before the round
 * @param next the same after it, of which the row's own numbers are written
 * @param first its neighbours are `indices[first]` to before `indices[end]`; edges of weight 0 are none
 */
export function moveToNeighbors(
  places: Float32Array,
  own: number,
  next: Float32Array,
  { indices, weights }: { indices: Int32Array; weights: Float32Array },
  first: number,
  end: number,
): void {
  const from = own * AVERAGED_COLUMNS;
  let total = 0;
  sum.fill(0);
  for (let e = first; e < end; e++) {
    if (!(weights[e] > 0)) continue;
    const other = indices[e] * AVERAGED_COLUMNS;
    let square = 0;
    for (let d = 0; d < AVERAGED_COLUMNS; d++) square += (places[from + d] - places[other + d]) ** 2;
    const weight = weights[e] / (1 + square);
    total += weight;
    for (let d = 0; d < AVERAGED_COLUMNS; d++) sum[d] += weight * places[other + d];
  }
  if (total === 0) return;
  for (let d = 0; d < AVERAGED_COLUMNS; d++) next[from + d] += STEP * (sum[d] / total - places[from + d]);
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
