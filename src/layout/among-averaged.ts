import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { attractingNeighbors, threadsFor } from './averaged.js';
import { type AveragedFit, startsOf } from './averaged-fit.js';
import { withAveragedPool } from './averaged-module.js';
import { findTwins, MEANS, moveToMeans, newPlaces, type Weighted } from './extend.js';
import { isNear } from './graph.js';
import { moveToNeighbors } from './move.js';
import { weightedLists } from './weighted-lists.js';

/**
 * Places new rows in an averaged space, each by its own neighbours alone, so that its place doesn't depend on the other new rows.
 * @param graph neighbours of the new rows among those of the space, more than attract them, to know in which
 * of their lists the new ones would be
 * @param known with it new rows start where they would have as rows of the space, and are attracted by the fuzzy union of both sides'
 * lists; without it they start at the mean of their neighbours, and are attracted by these
 */
export const placeAveraged = (
  space: Matrix,
  graph: NeighborGraph,
  options: Placing,
  known?: Known,
): Promise<Float32Array> => place(space, graph, true, options, known);

type Placing = Pick<Watch, 'signal'> & { threads?: number };

interface Known {
  fit: AveragedFit;
  /** Vectors of the new rows. */
  fresh: Matrix;
}

/**
 * Places new rows in an averaged space, whose rows stay; new rows may be neighbours of each other.
 * @param graph neighbours of the new rows, among those of the space and, after these, the new ones
 * @param known as for `placeAveraged`; its fit is of all these rows, numbered as in `graph`
 */
export const extendAveraged = (
  space: Matrix,
  graph: NeighborGraph,
  options: Placing,
  known?: Known,
): Promise<Float32Array> => place(space, graph, false, options, known);

/**
 * New rows start by their neighbours and move towards them as the others did.
 * @param isApart whether no new row is in the list of another
 * @returns new rows × columns of the space
 */
async function place(
  { data, rows: old, cols }: Matrix,
  graph: NeighborGraph,
  isApart: boolean,
  { signal, threads }: Placing,
  known?: Known,
): Promise<Float32Array> {
  const { rows } = graph;
  if (rows === 0) return new Float32Array(0);
  const twins = findTwins(graph, old);
  const neighbors = Math.min(attractingNeighbors(old), graph.neighbors);
  const own = await weightedLists(graph, twins, { old, neighbors, components: cols }, signal);
  const all = new Float32Array((old + rows) * cols);
  all.set(data);
  // Without a round all lie outside; those that start elsewhere need none.
  await moveToMeans(all, own, known ? 0 : isApart ? 1 : MEANS, signal);
  const { stride, indices: tails, weights } = known ? united(own, graph, known.fit) : own;
  const offsets = Int32Array.from({ length: rows + 1 }, (_, row) => row * stride);
  const placed = await withAveragedPool(threadsFor(rows, threads), async (pool) => {
    if (known) {
      const starts = await startsOf(pool, known.fit, graph, known.fresh, signal);
      // One without neighbours stays outside.
      for (let row = 0; row < rows; row++)
        if (hasNeighbors(own, row))
          all.set(starts.subarray(row * cols, (row + 1) * cols), (old + row) * cols);
    }
    return moveToNeighbors(pool, all, { offsets, tails, weights }, { signal });
  });
  return newPlaces(placed, twins, cols);
}

const hasNeighbors = ({ weights, stride }: Weighted, row: number): boolean =>
  weights.subarray(row * stride, (row + 1) * stride).some((weight) => weight > 0);

/** The fuzzy union of new rows' lists with those of old rows that they would be in. */
function united(own: Weighted, graph: NeighborGraph, { membershipIn }: AveragedFit): Weighted {
  const { indices: others, distances, neighbors } = graph;
  const stride = Math.max(own.stride, neighbors);
  const indices = new Int32Array(own.rows * stride);
  const weights = new Float32Array(own.rows * stride);
  for (let row = 0; row < own.rows; row++) {
    // A row identical to another has its place, and so an empty list.
    if (!hasNeighbors(own, row)) continue;
    let to = row * stride;
    // Its own list holds the first of these, in their order.
    let from = row * own.stride;
    for (let at = row * neighbors; at < (row + 1) * neighbors; at++) {
      if (!isNear(others[at], distances[at])) continue;
      const there = from < (row + 1) * own.stride ? own.weights[from++] : 0;
      const back = membershipIn(others[at], distances[at]);
      indices[to] = others[at];
      weights[to++] = there + back - there * back;
    }
  }
  return { ...own, stride, indices, weights };
}
