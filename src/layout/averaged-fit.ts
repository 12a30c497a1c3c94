import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { attractingNeighbors, directionsOfAverages } from './averaged.js';
import { AVERAGED_COLUMNS } from './averaged-columns.js';
import { withAveragedPool } from './averaged-module.js';
import { averagedNeighbors } from './averages.js';
import { type Directions, projectionsOn } from './directions.js';
import { isEdge } from './vertices.js';
import { weightedLists } from './weighted-lists.js';

/** What is needed to place new rows in an averaged space. It is computed from the rows that the space was made of, so a run doesn't store it. */
export interface AveragedFit {
  vectors: Matrix;
  /** 1 ÷ the length of each vector, or 0. */
  factors: Float64Array;
  /** A place is this centre plus the projection of an average on the directions. */
  directions: Directions;
  centre: Float64Array;
  /** Fuzzy membership, 0 to 1, of a new row at a distance in an old row's list of neighbours; 0 beyond the last of that list. */
  membershipIn(row: number, distance: number): number;
}

/**
 * Finds the directions of averages again, and which places lie along them: rows that were added were placed along the directions of
 * the rows before them.
 * @param graph and `vectors` of the rows; lists may name rows that took no part
 * @param members rows that took part in the space
 */
export async function averagedFit(
  space: Matrix,
  graph: NeighborGraph,
  vectors: Matrix,
  members: Int32Array,
  { signal, threads }: Watch & { threads?: number },
): Promise<AveragedFit> {
  const { found, projected } = await withAveragedPool(threads ?? cores(), async (pool) => {
    const { sample, directions: found } = await directionsOfAverages(pool, graph, vectors, members, signal);
    return { found, projected: await projectionsOn(pool, sample, found, signal) };
  });
  const places = pickRows(space, members.subarray(0, projected.length / AVERAGED_COLUMNS));
  const fitted = leastSquares(projected, found, places.data);
  const factors = await unitFactors(vectors, signal);
  return { vectors, factors, ...fitted, membershipIn: await membershipsOf(graph, signal) };
}

/**
 * Least-squares fit of places by projections on directions.
 * @param places of the projected rows, rows × `AVERAGED_COLUMNS`
 */
function leastSquares(
  projected: Float64Array,
  { mean, directions }: Directions,
  places: Float32Array,
): Pick<AveragedFit, 'directions' | 'centre'> {
  const size = AVERAGED_COLUMNS;
  const cols = mean.length;
  const rows = projected.length / size;
  const centre = new Float64Array(size);
  const squares = new Float64Array(size);
  const products = new Float64Array(size * size);
  for (let row = 0; row < rows; row++) {
    const own = projected.subarray(row * size, (row + 1) * size);
    for (let d = 0; d < size; d++) {
      centre[d] += places[row * size + d] / rows;
      squares[d] += own[d] ** 2;
      for (let e = 0; e < size; e++) products[d * size + e] += own[e] * places[row * size + d];
    }
  }
  // Projections on directions of most variance are uncorrelated, so each has its own slope.
  const turned = new Float64Array(size * cols);
  for (let d = 0; d < size; d++) {
    for (let e = 0; e < size; e++) {
      const slope = squares[e] > 0 ? products[d * size + e] / squares[e] : 0;
      for (let c = 0; c < cols; c++) turned[d * cols + c] += slope * directions[e * cols + c];
    }
  }
  return { directions: { mean, directions: turned }, centre };
}

/** Memberships fall off as e^−(distance beyond the nearest ÷ decay), as UMAP's; the decay follows from the last one of a list. */
async function membershipsOf(
  graph: NeighborGraph,
  signal: AbortSignal | undefined,
): Promise<AveragedFit['membershipIn']> {
  const { rows, neighbors, distances } = graph;
  const used = Math.min(attractingNeighbors(rows), neighbors);
  const nearest = new Float32Array(rows);
  const farthest = new Float32Array(rows).fill(-1);
  const decay = new Float64Array(rows);
  const { weights, stride } = await weightedLists(
    graph,
    new Int32Array(rows).fill(-1),
    { old: 0, neighbors: used, components: AVERAGED_COLUMNS },
    signal,
  );
  for (let row = 0; row < rows; row++) {
    const first = row * neighbors;
    let last = -1;
    let count = 0;
    for (let at = first; at < first + used; at++) {
      if (!isEdge(graph, row, at)) continue;
      if (farthest[row] <= 0) nearest[row] = distances[at];
      farthest[row] = distances[at];
      last = count++;
    }
    const weight = last < 0 ? 0 : weights[row * stride + last];
    if (weight > 0 && weight < 1) decay[row] = (farthest[row] - nearest[row]) / -Math.log(weight);
  }
  return (row, distance) => {
    if (!(distance < farthest[row])) return 0;
    return distance <= nearest[row] || decay[row] === 0
      ? 1
      : Math.exp((nearest[row] - distance) / decay[row]);
  };
}

/**
 * Where new rows start: their vectors averaged with those of their neighbours, as old rows did.
 * @param near neighbours of the new rows among the old ones
 * @returns new rows × `AVERAGED_COLUMNS`
 */
export async function startsOf(
  { vectors, factors, directions, centre }: AveragedFit,
  near: NeighborGraph,
  fresh: Matrix,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const starts = new Float64Array(near.rows * AVERAGED_COLUMNS);
  const own = new Float64Array(vectors.cols);
  const freshFactors = await unitFactors(fresh, signal);
  const used = Math.min(averagedNeighbors(vectors.rows), near.neighbors);
  const together = new Int32Array(used);
  const pause = breathe(signal);
  for (let row = 0; row < near.rows; row++) {
    let count = 0;
    for (let t = 0; t < used; t++) {
      const other = near.indices[row * near.neighbors + t];
      if (other >= 0 && factors[other] > 0) together[count++] = other;
    }
    weightedSum(vectors.data, factors, together.subarray(0, count), own);
    const factor = freshFactors[row];
    // Not by a product: 0 times a number that isn't finite isn't 0.
    if (factor > 0) for (let c = 0; c < own.length; c++) own[c] += factor * fresh.data[row * own.length + c];
    toUnitLength(own);
    project(own, directions, starts, row * AVERAGED_COLUMNS);
    await pause();
  }
  return Float32Array.from(starts, (value, at) => value + centre[at % AVERAGED_COLUMNS]);
}

/** 1 ÷ the length of each row; 0 for one of length 0 or with a number that isn't finite. */
async function unitFactors(
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
function weightedSum(data: Float32Array, factors: Float64Array, rows: Int32Array, into: Float64Array): void {
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
function toUnitLength(vector: Float64Array): void {
  const length = Math.sqrt(squaredLength(vector, 0, vector.length));
  if (length > 0) for (let c = 0; c < vector.length; c++) vector[c] /= length;
}

function squaredLength(data: Float32Array | Float64Array, from: number, count: number): number {
  let square = 0;
  for (let at = from; at < from + count; at++) square += data[at] * data[at];
  return square;
}

/**
 * Writes the projection of an average on each direction to `positions`, from `at` on.
 * @param own overwritten: the mean is subtracted from it
 */
function project(
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
