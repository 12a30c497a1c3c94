import { DisjointSets } from '../disjoint-sets.js';
import type { NeighborGraph } from '../shapes.js';

/**
 * What is laid out: rows at distance 0 of each other are one vertex, and rows that no edge joins to another vertex
 * are set aside.
 */
export interface Vertices {
  count: number;
  /** Per row its vertex; a row set aside has −1 − s, s being its spot: identical rows share one. */
  ofRow: Int32Array;
  /** Per vertex the first of its rows: its neighbours stand for all of them. */
  rows: Int32Array;
  /** Spots of rows set aside. */
  isolated: number;
  /** Rows that share the vertex or spot of an earlier row. */
  folded: number;
}

/** Whether slot `at` names another row at a known distance. */
export function isEdge(graph: NeighborGraph, row: number, at: number): boolean {
  const other = graph.indices[at];
  const distance = graph.distances[at];
  return other >= 0 && other !== row && distance >= 0 && distance < 3e38;
}

/** Folds identical rows (linked by a distance of 0) and sets rows without edges aside. */
export function foldRows(graph: NeighborGraph, neighbors: number): Vertices {
  const { rows, indices, distances } = graph;
  const sets = new DisjointSets(rows);
  const slotsOf = (row: number): [first: number, end: number] => [
    row * graph.neighbors,
    row * graph.neighbors + neighbors,
  ];
  for (let row = 0; row < rows; row++) {
    const [first, end] = slotsOf(row);
    for (let at = first; at < end; at++) {
      if (!isEdge(graph, row, at) || distances[at] > 0) continue;
      const [a, b] = [sets.find(row), sets.find(indices[at])];
      // The lower row is the root, so that of a group is its first row.
      sets.join(Math.min(a, b), Math.max(a, b));
    }
  }
  const isJoined = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const [first, end] = slotsOf(row);
    const own = sets.find(row);
    for (let at = first; at < end; at++) {
      if (!isEdge(graph, row, at)) continue;
      const other = sets.find(indices[at]);
      if (other === own) continue;
      isJoined[own] = 1;
      isJoined[other] = 1;
    }
  }
  const ofRow = new Int32Array(rows);
  const first = new Int32Array(rows);
  let [count, isolated, folded] = [0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const root = sets.find(i);
    if (root !== i) {
      ofRow[i] = ofRow[root];
      folded++;
    } else if (isJoined[i]) {
      first[count] = i;
      ofRow[i] = count++;
    } else {
      ofRow[i] = -1 - isolated++;
    }
  }
  return { count, ofRow, rows: first.slice(0, count), isolated, folded };
}
