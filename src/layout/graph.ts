import { EMPTY } from '../../build/wasm/layout.js';
import type { NeighborGraph } from '../shapes.js';
import type { Arena } from '../wasm/arena.js';
import type { LayoutPool } from './module.js';
import { isEdge, type Vertices } from './vertices.js';

/**
 * A symmetric weighted graph in WebAssembly memory: row i's edges lie between `offsets[i]` and `offsets[i + 1]`,
 * both multiples of 4; the last of them may be fillers of weight 0. Weights are at most 1. All are pointers.
 */
export interface FuzzyGraph {
  vertices: number;
  offsets: number;
  tails: number;
  weights: number;
  /** Edges and fillers, both directions counted. */
  edges: number;
}

const ROWS_PER_CHUNK = 512;

/** Whether a slot holds a neighbour at a distance that memberships can be computed from. */
export const isNear = (index: number, distance: number): boolean =>
  index >= 0 && distance >= 0 && distance < EMPTY;

/** Neighbour lists in WebAssembly memory, rows × stride, stride a multiple of 4. Pointers. */
export interface Lists {
  rows: number;
  stride: number;
  indices: number;
  /** Distances at first, memberships after `memberships`. */
  weights: number;
}

/**
 * Writes the vertices' neighbour lists, in terms of vertices, in the graph's order: `indices` and `distances`,
 * vertices × stride, keep what they hold where there is no neighbour.
 */
export function writeLists(
  graph: NeighborGraph,
  vertices: Vertices,
  neighbors: number,
  stride: number,
  indices: Int32Array,
  distances: Float32Array,
): void {
  // Two rows of one vertex in a list become one entry.
  const seenBy = new Int32Array(vertices.count).fill(-1);
  for (let v = 0; v < vertices.count; v++) {
    const row = vertices.rows[v];
    let to = v * stride;
    seenBy[v] = v;
    for (let at = row * graph.neighbors; at < row * graph.neighbors + neighbors; at++) {
      if (!isEdge(graph, row, at)) continue;
      const other = vertices.ofRow[graph.indices[at]];
      if (seenBy[other] === v) continue;
      seenBy[other] = v;
      indices[to] = other;
      distances[to++] = graph.distances[at];
    }
  }
}

/** Allocates lists of `rows` × `neighbors`, every slot empty. */
export function emptyLists(arena: Arena, rows: number, neighbors: number): Lists {
  const stride = Math.ceil(neighbors / 4) * 4;
  const size = rows * stride;
  const lists = { rows, stride, indices: arena.alloc(4 * size), weights: arena.alloc(4 * size) };
  arena.i32(lists.indices, size).fill(0);
  arena.f32(lists.weights, size).fill(EMPTY);
  return lists;
}

/** Turns a list's distances into memberships (`isLocal`: the nearest neighbour's is 1). */
export async function memberships(
  pool: LayoutPool,
  lists: Lists,
  isLocal: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const { rows, stride, weights } = lists;
  const args = { rows, rowsPerChunk: ROWS_PER_CHUNK, stride, distances: weights, local: isLocal ? 1 : 0 };
  await pool.run('memberships', Math.ceil(rows / ROWS_PER_CHUNK), args, { signal });
}

/**
 * The fuzzy union of the vertices' local sets. Edges that would fire in none of `epochs` epochs are dropped.
 */
export async function fuzzyGraph(
  pool: LayoutPool,
  graph: NeighborGraph,
  vertices: Vertices,
  neighbors: number,
  epochs: number,
  signal?: AbortSignal,
): Promise<FuzzyGraph> {
  const { arena, call } = pool.kernel;
  const rows = vertices.count;
  // Each row is filled up to a multiple of 4, and nothing is known yet of how many pairs are mutual.
  const most = 2 * rows * neighbors + 3 * rows;
  const offsets = arena.alloc(4 * (rows + 1));
  const tails = arena.alloc(4 * most);
  const weights = arena.alloc(4 * most);
  const mark = arena.mark();
  const lists = emptyLists(arena, rows, neighbors);
  const slots = rows * lists.stride;
  const indices = arena.i32(lists.indices, slots);
  writeLists(graph, vertices, neighbors, lists.stride, indices, arena.f32(lists.weights, slots));
  await memberships(pool, lists, true, signal);

  const sources = arena.alloc(4 * slots);
  const sourceWeights = arena.alloc(4 * slots);
  const cursor = arena.alloc(4 * (rows + 1));
  const marks = arena.alloc(4 * rows);
  arena.i32(cursor, rows + 1).fill(0);
  arena.f32(marks, rows).fill(0);
  const inChunks = async (work: (first: number, last: number) => void) => {
    for (let first = 0; first < rows; first += 16_384) {
      work(first, Math.min(rows, first + 16_384));
      if (rows > 16_384) await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
    }
  };
  await inChunks((first, last) => call.countEntries({ first, last, ...lists, counts: cursor }));
  const starts = arena.i32(cursor, rows + 1);
  for (let i = 0; i < rows; i++) starts[i + 1] += starts[i];
  // From here on cursor[i] moves from the start of column i to its end.
  await inChunks((first, last) =>
    call.fillTranspose({ first, last, ...lists, cursor, sources, sourceWeights }),
  );
  let edges = 0;
  arena.i32(offsets, 1)[0] = 0;
  await inChunks((first, last) => {
    edges = call.uniteRow({
      ...{ first, last, ...lists, ends: cursor, sources, sourceWeights, marks },
      ...{ least: 1 / epochs, top: edges, offsets, tails, unions: weights },
    });
  });
  arena.release(mark);
  return { vertices: rows, offsets, tails, weights, edges };
}
