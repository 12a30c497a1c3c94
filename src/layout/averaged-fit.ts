import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import {
  ATTRACTING_NEIGHBORS,
  AVERAGED_NEIGHBORS,
  directionsOfAverages,
  project,
  toUnitLength,
  unitFactors,
  weightedSum,
} from './averaged.js';
import { AVERAGED_COLUMNS } from './averaged-columns.js';
import type { Directions } from './directions.js';
import { withPool } from './module.js';
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
  const { sample, mean, directions } = await withPool(threads ?? cores(), (pool) =>
    directionsOfAverages(pool, graph, vectors, members, signal),
  );
  const places = pickRows(space, members.subarray(0, sample.rows));
  const fitted = await leastSquares(sample, { mean, directions }, places.data, signal);
  const factors = await unitFactors(vectors, signal);
  return { vectors, factors, ...fitted, membershipIn: await membershipsOf(graph, signal) };
}

/**
 * Least-squares fit of places by averages.
 * @param places of the rows of averages, rows × `AVERAGED_COLUMNS`
 */
async function leastSquares(
  { data, rows, cols }: Matrix,
  { mean, directions }: Directions,
  places: Float32Array,
  signal: AbortSignal | undefined,
): Promise<Pick<AveragedFit, 'directions' | 'centre'>> {
  const size = AVERAGED_COLUMNS;
  const centre = new Float64Array(size);
  const squares = new Float64Array(size);
  const products = new Float64Array(size * size);
  const projected = new Float64Array(size);
  const pause = breathe(signal);
  for (let row = 0; row < rows; row++) {
    project(
      Float64Array.from(data.subarray(row * cols, (row + 1) * cols)),
      { mean, directions },
      projected,
      0,
    );
    for (let d = 0; d < size; d++) {
      centre[d] += places[row * size + d] / rows;
      squares[d] += projected[d] ** 2;
      for (let e = 0; e < size; e++) products[d * size + e] += projected[e] * places[row * size + d];
    }
    await pause();
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
  const used = Math.min(ATTRACTING_NEIGHBORS, neighbors);
  const nearest = new Float32Array(rows);
  const farthest = new Float32Array(rows).fill(-1);
  const decay = new Float64Array(rows);
  const { weights, stride } = await weightedLists(
    graph,
    new Int32Array(rows).fill(-1),
    0,
    AVERAGED_COLUMNS,
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
  const together = new Int32Array(AVERAGED_NEIGHBORS);
  const pause = breathe(signal);
  for (let row = 0; row < near.rows; row++) {
    let count = 0;
    for (let t = 0; t < Math.min(AVERAGED_NEIGHBORS, near.neighbors); t++) {
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
