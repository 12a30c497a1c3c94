// Edges between components: which are kept, and how their dendrogram bounds the ones that are missing.
import { describe, expect, test } from 'vitest';
import { Forest } from '../../src/hdbscan/forest.js';
import { randomFrom } from './kinds.js';

const ROWS = 60;

/** Rows in components, and random edges between them. */
function someEdges(seed: number, components: number, edges: number) {
  const random = randomFrom(seed);
  const row = () => Math.floor(random() * ROWS);
  return {
    component: Int32Array.from({ length: ROWS }, (_, at) => at % components),
    from: Int32Array.from({ length: edges }, row),
    to: Int32Array.from({ length: edges }, row),
    // Few different weights, so that many are equal.
    weight: Float64Array.from({ length: edges }, () => Math.floor(random() * 12)),
  };
}

/** Per pair of components the least weight that the heaviest edge of a path has, by trying all. */
function lightestPaths({ component, from, to, weight }: ReturnType<typeof someEdges>, components: number) {
  const paths = Array.from({ length: components }, (_, a) =>
    Array.from({ length: components }, (_, b) => (a === b ? 0 : Number.POSITIVE_INFINITY)),
  );
  for (let edge = 0; edge < weight.length; edge++) {
    const [a, b] = [component[from[edge]], component[to[edge]]];
    paths[a][b] = Math.min(paths[a][b], weight[edge]);
    paths[b][a] = paths[a][b];
  }
  for (let via = 0; via < components; via++)
    for (let a = 0; a < components; a++)
      for (let b = 0; b < components; b++)
        paths[a][b] = Math.min(paths[a][b], Math.max(paths[a][via], paths[via][b]));
  return paths;
}

describe.each([
  ['joined by edges', 20, 150],
  ['of which some are not joined', 25, 20],
  ['of one row each', ROWS, 400],
  ['two', 2, 5],
])('components %s', (_, components, count) => {
  const edges = someEdges(components, components, count);
  const forest = new Forest(edges.component, components);
  forest.add(edges.from, edges.to, edges.weight);
  const paths = lightestPaths(edges, components);
  const { leafOf, heights } = forest.dendrogram;

  test('each has a leaf, and heights between leaves are those of the lightest paths', () => {
    expect([...leafOf].sort((a, b) => a - b)).toEqual([...leafOf.keys()]);
    for (let a = 0; a < components; a++) {
      for (let b = 0; b < components; b++) {
        const [low, high] = [Math.min(leafOf[a], leafOf[b]), Math.max(leafOf[a], leafOf[b])];
        if (low === high) continue;
        expect(heights.subarray(low, high).reduce((x, y) => Math.max(x, y))).toBe(paths[a][b]);
        expect(forest.dendrogram.heightBetween(leafOf[a], leafOf[b])).toBe(paths[a][b]);
      }
    }
  });

  test('of two components one has the largest height of their path as its limit', () => {
    for (let a = 0; a < components; a++) {
      for (let b = 0; b < components; b++) {
        if (a === b) continue;
        const limitOf = (one: number, other: number) => {
          const before = Int32Array.from({ length: components + 1 }, (_, leaf) =>
            Number(leaf > leafOf[other]),
          );
          return forest.dendrogram.limits(before)[one];
        };
        expect(Math.max(limitOf(a, b), limitOf(b, a))).toBe(paths[a][b]);
      }
    }
  });

  test('the order in which edges come makes no difference', () => {
    const other = new Forest(edges.component, components);
    for (let edge = count - 1; edge >= 0; edge--) {
      const one = <T extends Int32Array | Float64Array>(column: T) => column.slice(edge, edge + 1) as T;
      other.add(one(edges.to), one(edges.from), one(edges.weight));
    }
    expect(other.weight).toEqual(forest.weight);
    const rows = ({ from, to }: Forest) =>
      [...from].map((row, edge) => [row, to[edge]].sort((a, b) => a - b));
    expect(rows(other)).toEqual(rows(forest));
  });
});

test('no component and a single one have no edges', () => {
  for (const components of [0, 1]) {
    const forest = new Forest(new Int32Array(components * 5), components);
    forest.add(Int32Array.of(), Int32Array.of(), Float64Array.of());
    expect(forest.weight).toHaveLength(0);
    expect(forest.dendrogram.limits(new Int32Array(components + 1))).toEqual(new Float64Array(components));
  }
});
