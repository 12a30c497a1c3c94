import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { attractingNeighbors, directionsOfAverages } from './averaged.js';
import { AVERAGED_COLUMNS } from './averaged-columns.js';
import { type AveragedPool, withAveragedPool } from './averaged-module.js';
import { averagesOf } from './averages.js';
import { type Directions, projectionsOn } from './directions.js';
import { isEdge } from './vertices.js';
import { weightedLists } from './weighted-lists.js';

/** What is needed to place new rows in an averaged space. It is computed from the rows that the space was made of, so a run doesn't store it. */
export interface AveragedFit {
  vectors: Matrix;
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
  return { vectors, ...fitted, membershipIn: await membershipsOf(graph, signal) };
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
 * @param near neighbours of the new rows among those of the fit
 * @returns new rows × `AVERAGED_COLUMNS`
 */
export async function startsOf(
  pool: AveragedPool,
  { vectors, directions, centre }: AveragedFit,
  near: NeighborGraph,
  fresh: Matrix,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { arena } = pool.kernel;
  const mark = arena.mark();
  const every = Int32Array.from({ length: near.rows }, (_, row) => row);
  const averages = await averagesOf(pool, near, vectors, every, { signal, fresh });
  const projected = await projectionsOn(pool, averages, directions, signal);
  arena.release(mark);
  return Float32Array.from(projected, (value, at) => value + centre[at % AVERAGED_COLUMNS]);
}
