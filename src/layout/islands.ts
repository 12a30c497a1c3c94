import type { Arena } from '../wasm/arena.js';
import type { FuzzyGraph } from './graph.js';

/** The connected parts of a graph. */
export interface Islands {
  count: number;
  /** Per vertex its island, numbered by size, largest first; equal sizes by their first vertex. */
  of: Int32Array;
  sizes: Int32Array;
}

/** `offsets` (vertices + 1), `tails`: a symmetric graph; edges from a vertex to itself count for nothing. */
export function findIslands(offsets: Int32Array, tails: Int32Array): Islands {
  const vertices = offsets.length - 1;
  const of = new Int32Array(vertices).fill(-1);
  const queue = new Int32Array(vertices);
  const found: number[] = [];
  for (let start = 0; start < vertices; start++) {
    if (of[start] >= 0) continue;
    let [head, tail] = [0, 0];
    queue[tail++] = start;
    of[start] = found.length;
    while (head < tail) {
      const i = queue[head++];
      for (let e = offsets[i]; e < offsets[i + 1]; e++) {
        const j = tails[e];
        if (of[j] >= 0) continue;
        of[j] = found.length;
        queue[tail++] = j;
      }
    }
    found.push(tail);
  }
  const order = found.map((_, island) => island).sort((a, b) => found[b] - found[a] || a - b);
  const rank = new Int32Array(order.length);
  for (let r = 0; r < order.length; r++) rank[order[r]] = r;
  for (let i = 0; i < vertices; i++) of[i] = rank[of[i]];
  return { count: order.length, of, sizes: Int32Array.from(order, (island) => found[island]) };
}

/** Copies the island of these vertices (ascending) out of `graph`, renumbered in their order. */
export function islandGraph(arena: Arena, graph: FuzzyGraph, members: Int32Array): FuzzyGraph {
  const offsets = arena.i32(graph.offsets, graph.vertices + 1);
  let edges = 0;
  for (const v of members) edges += offsets[v + 1] - offsets[v];
  const part: FuzzyGraph = {
    vertices: members.length,
    offsets: arena.alloc(4 * (members.length + 1)),
    tails: arena.alloc(4 * edges),
    weights: arena.alloc(4 * edges),
    edges,
  };
  const from = {
    offsets: arena.i32(graph.offsets, graph.vertices + 1),
    tails: arena.i32(graph.tails, graph.edges),
    weights: arena.f32(graph.weights, graph.edges),
  };
  const newOffsets = arena.i32(part.offsets, members.length + 1);
  const newTails = arena.i32(part.tails, edges);
  const newWeights = arena.f32(part.weights, edges);
  const numberOf = new Map<number, number>();
  for (let i = 0; i < members.length; i++) numberOf.set(members[i], i);
  let top = 0;
  newOffsets[0] = 0;
  for (let i = 0; i < members.length; i++) {
    for (let e = from.offsets[members[i]]; e < from.offsets[members[i] + 1]; e++) {
      newTails[top] = numberOf.get(from.tails[e]) ?? i;
      newWeights[top++] = from.weights[e];
    }
    newOffsets[i + 1] = top;
  }
  return part;
}
