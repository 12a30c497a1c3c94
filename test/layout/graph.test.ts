import { describe, expect, test } from 'vitest';
import { fuzzyGraph } from '../../src/layout/graph.js';
import { layoutModule } from '../../src/layout/module.js';
import { foldRows } from '../../src/layout/vertices.js';
import type { NeighborGraph } from '../../src/shapes.js';
import { openPool } from '../../src/wasm/pool.js';
import { cloud, graphOf } from './graphs.js';

/** The fuzzy union as a dense matrix. */
async function unionOf(graph: NeighborGraph, epochs = 1e6): Promise<Float32Array> {
  const pool = await openPool(layoutModule, { threads: 1 });
  const vertices = foldRows(graph, graph.neighbors);
  const fuzzy = await fuzzyGraph(pool, graph, vertices, graph.neighbors, epochs);
  const { arena } = pool.kernel;
  const offsets = arena.i32(fuzzy.offsets, vertices.count + 1);
  const tails = arena.i32(fuzzy.tails, fuzzy.edges);
  const weights = arena.f32(fuzzy.weights, fuzzy.edges);
  const dense = new Float32Array(vertices.count ** 2);
  for (let i = 0; i < vertices.count; i++) {
    for (let e = offsets[i]; e < offsets[i + 1]; e++) dense[i * vertices.count + tails[e]] += weights[e];
  }
  pool.close();
  return dense;
}

describe('fuzzy graph', () => {
  test('distances 1, 2, 3 give memberships 1, 1/φ and 1/φ² for the golden ratio φ', async () => {
    // log2(3 + 1) = 2 = 1 + x + x², x = e^(−1/σ): x is 1/φ. The others list row 0 only, nothing comes back but 1.
    const graph = {
      indices: Int32Array.of(1, 2, 3, -1, -1, -1, -1, -1, -1, -1, -1, -1),
      distances: Float32Array.of(1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      rows: 4,
      neighbors: 3,
    };
    const union = await unionOf(graph);
    const x = (Math.sqrt(5) - 1) / 2;
    for (const [j, expected] of [0, 1, x, x * x].entries()) {
      expect(union[j]).toBeCloseTo(expected, 5);
      expect(union[4 * j]).toBe(union[j]);
    }
  });

  test('a mutual pair has a + b − ab', async () => {
    // Rows 0 and 1 list each other second: 1 + x = log2(3), and (1 − x)² of the pair is missing.
    const graph = {
      indices: Int32Array.of(2, 1, 3, 0, -1, -1, -1, -1),
      distances: Float32Array.of(1, 2, 1, 2, 0, 0, 0, 0),
      rows: 4,
      neighbors: 2,
    };
    const union = await unionOf(graph);
    const x = Math.log2(3) - 1;
    expect(union[1]).toBeCloseTo(2 * x - x * x, 5);
    expect(union[4]).toBe(union[1]);
    expect(union[2]).toBe(1);
  });

  test('each row without others pointing at it sums to log2(k + 1)', async () => {
    const rows = cloud(40, 3);
    const graph = graphOf(rows, 7);
    // 40 copies that nobody lists
    const both = {
      indices: Int32Array.of(...graph.indices, ...graph.indices),
      distances: Float32Array.of(...graph.distances, ...graph.distances.map((d) => d * 1.5)),
      rows: 80,
      neighbors: 7,
    };
    const union = await unionOf(both);
    for (let i = 40; i < 80; i++) {
      const sum = union.slice(i * 80, (i + 1) * 80).reduce((total, w) => total + w, 0);
      expect(sum).toBeCloseTo(3, 3);
    }
  });

  test('edges that would never fire are dropped in both directions', async () => {
    const graph = graphOf(cloud(60, 3), 20);
    const all = await unionOf(graph);
    const few = await unionOf(graph, 10);
    for (let at = 0; at < all.length; at++) expect(few[at]).toBe(all[at] < Math.fround(0.1) ? 0 : all[at]);
  });
});
