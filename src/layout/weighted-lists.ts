import type { NeighborGraph } from '../shapes.js';
import { ATTRACTING_NEIGHBORS } from './averaged.js';
import { listsOf, type Weighted } from './extend.js';
import { withPool } from './module.js';

/**
 * The nearest neighbours of rows with their fuzzy memberships, by which they attract in an averaged space.
 * @param twins of each row the row whose place it has, which needs no neighbours; −1 for none
 */
export function weightedLists(
  graph: NeighborGraph,
  twins: Int32Array,
  old: number,
  components: number,
  signal: AbortSignal | undefined,
): Promise<Weighted> {
  const { rows } = graph;
  const neighbors = Math.min(ATTRACTING_NEIGHBORS, graph.neighbors);
  return withPool(1, async (pool) => {
    const { arena } = pool.kernel;
    const { lists } = await listsOf(pool, graph, neighbors, twins, signal);
    const size = rows * lists.stride;
    return {
      ...{ stride: lists.stride, old, rows, components },
      indices: arena.i32(lists.indices, size).slice(),
      weights: arena.f32(lists.weights, size).slice(),
    };
  });
}
