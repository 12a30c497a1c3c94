import type { Matrix, NeighborGraph } from '../shapes.js';
import { takeGraph } from '../themes/order.js';

/**
 * Positions of all rows of a graph: held ones where they were, new ones among them.
 * @param places of the held rows, in the order of `held`
 * @param placeNew places new rows among `places`, by lists in which the held rows come first and the new ones follow
 * @param rows ascending numbers of rows of the graph, which both lists together are
 * @returns rows of the graph × components
 */
export async function extendLayout(
  places: Matrix,
  { held, fresh }: { held: Int32Array; fresh: Int32Array },
  graph: NeighborGraph,
  placeNew: (places: Matrix, lists: NeighborGraph) => Promise<Float32Array>,
): Promise<Float32Array> {
  const { cols } = places;
  const { number } = heldFirst(held, fresh);
  const lists = takeGraph(graph, fresh, number);
  const placed = await placeNew(places, lists);
  const all = new Float32Array(graph.rows * cols);
  const put = (rows: Int32Array, data: Float32Array) => {
    for (const [at, row] of rows.entries()) all.set(data.subarray(at * cols, (at + 1) * cols), row * cols);
  };
  put(held, places.data);
  put(fresh, placed);
  return all;
}

/** Rows in another order, held ones before fresh ones, and the number of each row in it. */
export function heldFirst(held: Int32Array, fresh: Int32Array): { order: Int32Array; number: Int32Array } {
  const order = new Int32Array(held.length + fresh.length);
  order.set(held);
  order.set(fresh, held.length);
  const number = new Int32Array(order.length);
  for (const [at, row] of order.entries()) number[row] = at;
  return { order, number };
}
