import { nearestAmong } from '../neighbors/nearest-among.js';
import type { Search } from '../pipeline/search.js';
import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';

/**
 * Neighbour lists of old and new rows together, from the old rows' lists: new rows are compared with all rows, old rows with
 * the new ones only. The lists are those of a search of all rows.
 *
 * @param known lists of the old rows among themselves, each complete or at least `count` long; indices number all rows
 * @param places the old rows, row i of `known` being `held[i]`, and the new ones
 */
export async function growNeighbors(
  known: NeighborGraph,
  { held: old, fresh }: { held: Int32Array; fresh: Int32Array },
  vectors: Matrix,
  search: Search,
  count: number,
  watch: Watch,
): Promise<NeighborGraph> {
  const graph: NeighborGraph = {
    indices: new Int32Array(vectors.rows * count).fill(-1),
    distances: new Float32Array(vectors.rows * count).fill(Number.POSITIVE_INFINITY),
    rows: vectors.rows,
    neighbors: count,
  };
  if (fresh.length > 0) {
    if (!search.widen) throw new Error('rows can only be added where neighbours can be searched');
    const own = await search.widen(fresh, count);
    for (let at = 0; at < fresh.length; at++) put(graph, fresh[at], own, at, count);
  }
  const among = Math.min(count, fresh.length);
  const near =
    among > 0
      ? await nearestAmong(pickRows(vectors, fresh), pickRows(vectors, old), among, watch)
      : { indices: new Int32Array(0), distances: new Float32Array(0), rows: old.length, neighbors: 0 };
  for (let at = 0; at < old.length; at++) merge(graph, old[at], { known, near, at, fresh });
  return graph;
}

function put(graph: NeighborGraph, row: number, from: NeighborGraph, at: number, count: number): void {
  const begin = at * from.neighbors;
  graph.indices.set(from.indices.subarray(begin, begin + count), row * count);
  graph.distances.set(from.distances.subarray(begin, begin + count), row * count);
}

interface Lists {
  known: NeighborGraph;
  near: NeighborGraph;
  at: number;
  fresh: Int32Array;
}

/** Two sorted lists as one; equal distances: the lower row. */
function merge(graph: NeighborGraph, row: number, { known, near, at, fresh }: Lists): void {
  const { neighbors } = graph;
  let a = at * known.neighbors;
  let b = at * near.neighbors;
  const [aEnd, bEnd] = [a + known.neighbors, b + near.neighbors];
  for (let to = row * neighbors; to < (row + 1) * neighbors; to++) {
    const first = a < aEnd ? known.indices[a] : -1;
    const second = b < bEnd && near.indices[b] >= 0 ? fresh[near.indices[b]] : -1;
    if (first < 0 && second < 0) return;
    const isFirst =
      second < 0 ||
      (first >= 0 &&
        (known.distances[a] < near.distances[b] ||
          (known.distances[a] === near.distances[b] && first < second)));
    graph.indices[to] = isFirst ? first : second;
    graph.distances[to] = isFirst ? known.distances[a++] : near.distances[b++];
  }
}
