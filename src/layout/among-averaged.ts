import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { DRAWING, drawOne, ROUNDS } from './averaged.js';
import { fillLists, findTwins, MEANS, moveToMeans, type Weighted } from './extend.js';
import { emptyLists, memberships } from './graph.js';
import { withPool } from './module.js';

/**
 * Places new rows in an averaged space, each by its own neighbours alone, so that a row has the same place in any company.
 * @param graph neighbours of the new rows among those of the space
 */
export const placeAveraged = (space: Matrix, graph: NeighborGraph, watch: Watch): Promise<Float32Array> =>
  place(space, graph, true, watch);

/**
 * Places new rows in an averaged space, whose rows stay; new rows see each other.
 * @param graph neighbours of the new rows, among those of the space and, after these, the new ones
 */
export const extendAveraged = (space: Matrix, graph: NeighborGraph, watch: Watch): Promise<Float32Array> =>
  place(space, graph, false, watch);

/** New rows start at the mean of their neighbours and are drawn to them as the others were. */
async function place(
  { data, rows: old, cols }: Matrix,
  graph: NeighborGraph,
  isApart: boolean,
  { signal }: Watch,
): Promise<Float32Array> {
  const { rows } = graph;
  if (rows === 0) return new Float32Array(0);
  const twins = findTwins(graph, old);
  const lists = await weightedLists(graph, twins, old, cols, signal);
  const all = new Float32Array((old + rows) * cols);
  all.set(data);
  await moveToMeans(all, lists, isApart ? 1 : MEANS, signal);
  const pause = breathe(signal);
  for (let round = 0; round < ROUNDS; round++) {
    const before = all.slice();
    for (let row = 0; row < rows; row++) {
      drawOne(before, old + row, all, lists, row * lists.stride, (row + 1) * lists.stride);
      await pause();
    }
  }
  for (let row = 0; row < rows; row++) {
    if (twins[row] < 0) continue;
    all.copyWithin((old + row) * cols, twins[row] * cols, (twins[row] + 1) * cols);
  }
  return all.slice(old * cols);
}

/** The new rows' nearest neighbours and how strongly each draws, as in the space. */
function weightedLists(
  graph: NeighborGraph,
  twins: Int32Array,
  old: number,
  components: number,
  signal: AbortSignal | undefined,
): Promise<Weighted> {
  const { rows } = graph;
  const neighbors = Math.min(DRAWING, graph.neighbors);
  return withPool(1, async (pool) => {
    const { arena } = pool.kernel;
    const lists = emptyLists(arena, rows, neighbors);
    const size = rows * lists.stride;
    fillLists(graph, neighbors, lists.stride, twins, {
      indices: arena.i32(lists.indices, size),
      distances: arena.f32(lists.weights, size),
    });
    await memberships(pool, lists, true, signal);
    return {
      ...{ stride: lists.stride, old, rows, components },
      indices: arena.i32(lists.indices, size).slice(),
      weights: arena.f32(lists.weights, size).slice(),
    };
  });
}
