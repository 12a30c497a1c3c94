// Places to look for density in: a row's vector averaged over its neighbours, in the few directions of most variance, then drawn
// to the places of its neighbours. Nothing in it is random, and one row more moves the others by little.
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
export const AVERAGED = 30;
/** How many neighbours draw a row to them. */
export const DRAWING = 15;
/** Rounds in which rows are drawn to their neighbours, and which part of the way they go in each. */
export const ROUNDS = 15;
const PART = 0.7;
/**
 * Root mean square of the distance from the mean before the rounds. A neighbour at distance 1 draws half as much as one at distance 0.
 */
const SPREAD = Math.sqrt(50);
/** Weights of a graph that are smaller than one part in this many of the largest draw nothing. */
const PRUNING = 500;
/**
 * Directions are those of the first rows, up to so many numbers: of all rows they would take long. With and without 1,000 of some 7,600
 * rows, 95.8 % stayed in their topic with directions of the first 5,000, 96.6 % with those of all.
 */
const LOOKED_AT = 2 ** 23;
/** Below so many rows a thread takes longer to start than to work. */
const WORTH_THREADS = 3000;

/**
 * Places rows by their vectors and neighbours. A row's unit vector and those of its nearest rows are averaged; of that the directions
 * of most variance are taken; then each row is drawn to its neighbours over the fuzzy union of their lists (as UMAP's), less by
 * those that are farther away, so that groups become denser and gaps between them stay. Identical rows share a place; rows
 * without neighbours lie around the others. The same rows in the same order give the same bytes on any number of threads.
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
  const neighbors = Math.min(DRAWING, graph.neighbors);
  const vertices = foldRows(graph, neighbors);
  const used = threads ?? (graph.rows < WORTH_THREADS ? 1 : cores());
  const drawn = await withPool(used, async (pool) => {
    const positions = await startOf(pool, graph, vectors, vertices, signal);
    const { arena } = pool.kernel;
    const fuzzy = await fuzzyGraph(pool, graph, vertices, neighbors, PRUNING, signal);
    const edges = {
      offsets: arena.i32(fuzzy.offsets, fuzzy.vertices + 1).slice(),
      tails: arena.i32(fuzzy.tails, fuzzy.edges).slice(),
      weights: arena.f32(fuzzy.weights, fuzzy.edges).slice(),
    };
    return drawTogether(positions, edges, report, signal);
  });
  return { data: ofRows(drawn, vertices), rows: graph.rows, cols: AVERAGED_COLUMNS };
}

/** Places of the vertices before any is drawn to others, vertices × columns. */
async function startOf(
  pool: LayoutPool,
  graph: NeighborGraph,
  vectors: Matrix,
  { rows, count }: Vertices,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { cols } = vectors;
  const every = Int32Array.from({ length: graph.rows }, (_, row) => row);
  const { average, some, mean, directions } = await directionsOfAverages(pool, graph, vectors, every, signal);
  const own = new Float64Array(cols);
  const pause = breathe(signal);
  const positions = new Float64Array(count * AVERAGED_COLUMNS);
  let squares = 0;
  for (let v = 0; v < count; v++) {
    if (rows[v] < some.rows) for (let c = 0; c < cols; c++) own[c] = some.data[rows[v] * cols + c];
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

/** The directions of most variance of averages, from the first of some rows. `some` has the averages that were looked at. */
export async function directionsOfAverages(
  pool: LayoutPool,
  graph: NeighborGraph,
  vectors: Matrix,
  rows: Int32Array,
  signal: AbortSignal | undefined,
): Promise<Directions & { average: RowOf; some: Matrix }> {
  const { cols } = vectors;
  const average = await averageOver(graph, vectors, signal);
  const looked = Math.min(rows.length, Math.ceil(LOOKED_AT / cols));
  const some = { data: new Float32Array(looked * cols), rows: looked, cols };
  const own = new Float64Array(cols);
  const pause = breathe(signal);
  for (let at = 0; at < looked; at++) {
    average(rows[at], own);
    some.data.set(own, at * cols);
    await pause();
  }
  return { average, some, ...(await directionsOf(pool, some, AVERAGED_COLUMNS, signal)) };
}

/** Writes how far an average lies from the mean along each direction, from `at` on. The average is then about the mean. */
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

type RowOf = (row: number, into: Float64Array) => void;

/** Writes the average of a row's unit vector and those of its neighbours, at length 1. */
async function averageOver(
  { indices, distances, rows, neighbors }: NeighborGraph,
  { data, cols }: Matrix,
  signal: AbortSignal | undefined,
): Promise<RowOf> {
  const units = await unitFactors({ data, rows, cols }, signal);
  const graph = { indices, distances, rows, neighbors };
  const together = new Int32Array(1 + AVERAGED);
  return (row, into) => {
    let count = 0;
    const add = (other: number) => {
      if (units[other] > 0) together[count++] = other;
    };
    add(row);
    const first = row * neighbors;
    for (let at = first; at < first + Math.min(AVERAGED, neighbors); at++)
      if (isEdge(graph, row, at)) add(indices[at]);
    addUp(data, units, together.subarray(0, count), into);
    const length = Math.sqrt(squareOf(into, 0, cols));
    if (length > 0) for (let c = 0; c < cols; c++) into[c] /= length;
  };
}

/** What makes each row's length 1; 0 for one of length 0 or with a number that isn't finite. */
export async function unitFactors(
  { data, rows, cols }: Matrix,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const factors = new Float64Array(rows);
  const pause = breathe(signal);
  for (let row = 0; row < rows; row++) {
    const square = squareOf(data, row * cols, cols);
    factors[row] = square > 0 && Number.isFinite(square) ? 1 / Math.sqrt(square) : 0;
    await pause();
  }
  return factors;
}

/** Writes the sum of some rows, each times its factor. Four at once: the sum is then read and written a quarter as often. */
export function addUp(data: Float32Array, factors: Float64Array, rows: Int32Array, into: Float64Array): void {
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

export function squareOf(data: Float32Array | Float64Array, from: number, count: number): number {
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

/** All vertices at once go a part of the way to the mean of their neighbours, near ones counting more, in each round. */
async function drawTogether(
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
      drawOne(places, v, next, edges, offsets[v], offsets[v + 1]);
      if (v % 256 === 0) await pause();
    }
    places = next;
    report(round + 1);
  }
  return places;
}

const sum = new Float64Array(AVERAGED_COLUMNS);

/** One round of the place `own`, from `places` to `next`; its neighbours lie from `first` to before `end`. */
export function drawOne(
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
    const drawing = weights[e] / (1 + square);
    total += drawing;
    for (let d = 0; d < AVERAGED_COLUMNS; d++) sum[d] += drawing * places[other + d];
  }
  if (total === 0) return;
  for (let d = 0; d < AVERAGED_COLUMNS; d++) next[from + d] += PART * (sum[d] / total - places[from + d]);
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
