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
  // Held rows first.
  const number = new Int32Array(graph.rows);
  for (const [at, row] of held.entries()) number[row] = at;
  for (const [at, row] of fresh.entries()) number[row] = held.length + at;
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
