import type { NeighborGraph } from '../shapes.js';
import { listsOf, type Weighted } from './extend.js';
import { withPool } from './module.js';

/**
 * The nearest neighbours of rows with their fuzzy memberships, by which they attract in an averaged space.
 * @param twins of each row the row whose place it has, which needs no neighbours; −1 for none
 * @param of `old`: rows of the space before these; `neighbors`: so many of each list are taken; `components`: columns of the space
 */
export function weightedLists(
  graph: NeighborGraph,
  twins: Int32Array,
  { old, neighbors, components }: { old: number; neighbors: number; components: number },
  signal: AbortSignal | undefined,
): Promise<Weighted> {
  const { rows } = graph;
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
