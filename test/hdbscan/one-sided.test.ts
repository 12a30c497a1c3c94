import { expect, test } from 'vitest';
import { hdbscan, type NeighborGraph } from '../../src/hdbscan/index.js';
import { randomFrom } from './kinds.js';

const ROWS = 90;
const NEIGHBORS = 4;

/** The nearest others of 90 points in the plane, in three groups and between. */
function nearest(): NeighborGraph {
  const random = randomFrom(11);
  const points = Array.from({ length: ROWS }, (_, row) => [
    random() + (row % 4) * 1.5,
    random() * (row % 4 === 3 ? 6 : 1),
  ]);
  const indices = new Int32Array(ROWS * NEIGHBORS);
  const distances = new Float32Array(ROWS * NEIGHBORS);
  for (const [row, [x, y]] of points.entries()) {
    const others = points.map(([a, b], other) => ({ other, far: Math.fround(Math.hypot(a - x, b - y)) }));
    others.splice(row, 1);
    others.sort((a, b) => a.far - b.far);
    for (let slot = 0; slot < NEIGHBORS; slot++) {
      indices[row * NEIGHBORS + slot] = others[slot].other;
      distances[row * NEIGHBORS + slot] = others[slot].far;
    }
  }
  return { indices, distances, rows: ROWS, neighbors: NEIGHBORS };
}

/** The same without `row` in the list of `other`, which gets an empty slot at its end. */
function without(graph: NeighborGraph, other: number, row: number): NeighborGraph {
  const start = other * NEIGHBORS;
  const indices = graph.indices.slice();
  const distances = graph.distances.slice();
  const slot = indices.subarray(start, start + NEIGHBORS).indexOf(row) + start;
  const end = start + NEIGHBORS;
  indices.copyWithin(slot, slot + 1, end);
  distances.copyWithin(slot, slot + 1, end);
  indices[end - 1] = -1;
  distances[end - 1] = Number.POSITIVE_INFINITY;
  return { ...graph, indices, distances };
}

/** The weights of a minimum spanning forest by Kruskal's algorithm over listed pairs, +∞ where nothing joins. */
function weights({ indices, distances }: NeighborGraph, core: Float64Array): number[] {
  const edges = Array.from(indices, (to, slot) => {
    const from = Math.floor(slot / NEIGHBORS);
    return { from, to, weight: Math.max(core[from], core[to], distances[slot]) };
  }).filter(({ to }) => to >= 0);
  edges.sort((a, b) => a.weight - b.weight);
  const group = Array.from({ length: ROWS }, (_, row) => row);
  const sorted: number[] = [];
  for (const { from, to, weight } of edges) {
    const [old, kept] = [group[from], group[to]];
    if (old === kept) continue;
    for (let row = 0; row < ROWS; row++) if (group[row] === old) group[row] = kept;
    sorted.push(weight);
  }
  while (sorted.length < ROWS - 1) sorted.push(Number.POSITIVE_INFINITY);
  return sorted;
}

test('an edge that one of its rows lists last, and the other not at all, is found', async () => {
  const graph = nearest();
  let compared = 0;
  for (let row = 0; row < ROWS; row++) {
    for (let slot = NEIGHBORS - 2; slot < NEIGHBORS; slot++) {
      const other = graph.indices[row * NEIGHBORS + slot];
      const list = graph.indices.subarray(other * NEIGHBORS, (other + 1) * NEIGHBORS);
      if (!list.includes(row)) continue;
      const lacking = without(graph, other, row);
      const fit = await hdbscan(lacking, { minClusterSize: 3, minSamples: 1 });
      expect([...fit.minimumSpanningTree.weight], `${other} lacks ${row}`).toEqual(
        weights(lacking, fit.coreDistances),
      );
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(30);
});
