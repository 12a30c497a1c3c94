import type { Products, Space } from './products.js';
import type { Searcher } from './searcher.js';

/** A search for lighter edges by a program that multiplies; undefined where it has none. */
export function lighterSearch(products: Products, space: Space): Searcher['lighterEdges'] {
  if (!products.scanLighter) return undefined;
  return async (task, watch = {}) => {
    const { arena } = space.pool.kernel;
    const mark = arena.mark();
    try {
      const job = {
        ...space.base,
        component: arena.put(task.component),
        lowerBounds: arena.put(task.lowerBounds),
        core: arena.put(task.core),
        alpha: task.alpha,
      };
      await products.scanLighter?.(space, job, task, watch);
    } finally {
      arena.release(mark);
    }
  };
}
