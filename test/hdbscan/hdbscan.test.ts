import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PointFits } from '../../src/hdbscan/hdbscan.js';
import { type HdbscanOptions, hdbscan, type NeighborGraph } from '../../src/hdbscan/index.js';
import { expectOracle } from './compare.js';
import { graphDistances, type OracleParameters, pointDistances, solve } from './oracle.js';

/** Numbers of a case follow from one seed, so that a failure can be run again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

const parameters = fc.record({
  minClusterSize: fc.integer({ min: 2, max: 12 }),
  minSamples: fc.integer({ min: 1, max: 10 }),
  alpha: fc.constantFrom(1, 1, 1, 0.5, 0.6, 1.4, 2),
  method: fc.constantFrom<'eom' | 'leaf'>('eom', 'eom', 'leaf'),
  epsilon: fc.constantFrom(0, 0, 0, 0.3, 1, 2.5),
  maxClusterSize: fc.constantFrom(0, 0, 0, 10, 30),
  allowSingleCluster: fc.boolean(),
});

const optionsOf = (p: OracleParameters): HdbscanOptions => ({
  minClusterSize: p.minClusterSize,
  minSamples: p.minSamples,
  alpha: p.alpha,
  clusterSelectionMethod: p.method,
  clusterSelectionEpsilon: p.epsilon,
  maxClusterSize: p.maxClusterSize,
  allowSingleCluster: p.allowSingleCluster,
});

type Kind = 'spread' | 'clumps' | 'grid' | 'copies' | 'islands';
const kinds = fc.constantFrom<Kind>('spread', 'clumps', 'grid', 'copies', 'islands');

/** Points of every nasty kind: spread out, in clumps, on a grid (ties), repeated, in far islands. */
function makePoints(rows: number, cols: number, kind: Kind, random: () => number): number[][] {
  const one = (row: number): number[] => {
    const place = Array.from({ length: cols }, () => Math.fround(random() * 4));
    if (kind === 'clumps') return place.map((x, c) => Math.fround(x / 8 + ((row * 7 + c) % 4) * 2));
    if (kind === 'grid') return place.map((x) => Math.round(x * 1.5));
    if (kind === 'islands') return place.map((x) => Math.fround(x + (row % 3) * 1000));
    return place;
  };
  const points = Array.from({ length: rows }, (_, row) => one(row));
  if (kind !== 'copies') return points;
  return points.map((point, row) =>
    row > 0 && random() < 0.6 ? points[Math.floor(random() * row * 0.3)] : point,
  );
}

const flat = (points: number[][], cols: number) => ({
  data: Float32Array.from(points.flat()),
  rows: points.length,
  cols,
});

describe('hdbscan of random input is the definition’s', () => {
  test('for points: spread, clumped, on a grid, repeated, in islands', async () => {
    await fc.assert(
      fc.asyncProperty(
        parameters,
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 1, max: 4 }),
        kinds,
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom<'boruvka' | 'prim'>('boruvka', 'prim'),
        fc.integer(),
        async (p, rows, cols, kind, neighbors, mst, seed) => {
          const points = makePoints(rows, cols, kind, randomFrom(seed));
          const fit = await hdbscan(flat(points, cols), { ...optionsOf(p), neighbors, mst });
          expectOracle(fit, solve(pointDistances(points), p), 1e-9);
          expect(fit.exactness.certified).toBe(true);
        },
      ),
      { numRuns: 1500, seed: 20261123, interruptAfterTimeLimit: undefined },
    );
  });

  test('for graphs: asymmetric, with empty slots, themselves, doubles, in islands', async () => {
    await fc.assert(
      fc.asyncProperty(
        parameters,
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom('nearest', 'noisy', 'any'),
        fc.boolean(),
        fc.constantFrom<'boruvka' | 'prim'>('boruvka', 'prim'),
        fc.integer(),
        async (p, rows, neighbors, kind, isCoarse, mst, seed) => {
          const { graph, lists } = makeGraph(rows, neighbors, kind, isCoarse, randomFrom(seed));
          const fit = await hdbscan(graph, { ...optionsOf(p), mst });
          expectOracle(fit, solve(graphDistances(lists), p), 1e-9);
        },
      ),
      { numRuns: 1500, seed: 20261123 },
    );
  });
});

test('fits of the same points over fewer and fewer neighbours are the definition’s, from one search', async () => {
  await fc.assert(
    fc.asyncProperty(
      parameters,
      fc.integer({ min: 0, max: 120 }),
      fc.integer({ min: 1, max: 4 }),
      kinds,
      fc.integer(),
      async (p, rows, cols, kind, seed) => {
        const points = makePoints(rows, cols, kind, randomFrom(seed));
        const messages: string[] = [];
        const fits = new PointFits(flat(points, cols), {
          ...optionsOf(p),
          onProgress: ({ message }) => message?.startsWith('neighbours by') && messages.push(message),
        });
        try {
          for (const minSamples of [10, 5, 1]) {
            const fit = await fits.fit(minSamples);
            expect(fit.settings.minSamples).toBe(minSamples);
            expectOracle(fit, solve(pointDistances(points), { ...p, minSamples }), 1e-9);
            expect(fit.exactness.certified).toBe(true);
          }
          expect(messages).toHaveLength(1);
        } finally {
          fits.close();
        }
      },
    ),
    { numRuns: 300, seed: 20261128, interruptAfterTimeLimit: undefined },
  );
});

describe('hdbscan of a graph that brings its points is the definition’s', () => {
  test('of listed pairs: in any order, with holes, from one side only', async () => {
    await fc.assert(
      fc.asyncProperty(
        parameters,
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 0, max: 10 }),
        kinds,
        fc.constantFrom(0, 0.2, 0.6),
        fc.constantFrom<'boruvka' | 'prim'>('boruvka', 'prim'),
        fc.integer(),
        async (p, rows, neighbors, kind, holes, mst, seed) => {
          const random = randomFrom(seed);
          const points = makePoints(rows, 2, kind, random);
          const distance = pointDistances(points);
          const lists = points.map((_, i): [number, number][] => {
            const nearest = [...points.keys()].filter((j) => j !== i);
            nearest.sort((a, b) => distance[i][a] - distance[i][b] || a - b);
            const list = nearest.slice(0, neighbors).filter(() => random() >= holes);
            if (holes > 0.5) list.sort(() => random() - 0.5);
            return list.map((j) => [j, distance[i][j]]);
          });
          const fit = await hdbscan(toGraph(lists, neighbors), {
            ...optionsOf(p),
            points: flat(points, 2),
            mst,
          });
          expectOracle(fit, solve(graphDistances(lists), p), 1e-9);
        },
      ),
      { numRuns: 1500, seed: 20261126 },
    );
  });
});

function toGraph(lists: [number, number][][], neighbors: number): NeighborGraph {
  const rows = lists.length;
  const graph = {
    indices: new Int32Array(rows * neighbors).fill(-1),
    distances: new Float32Array(rows * neighbors).fill(Number.POSITIVE_INFINITY),
    rows,
    neighbors,
  };
  for (const [i, list] of lists.entries()) {
    for (const [slot, [j, d]] of list.entries()) {
      graph.indices[i * neighbors + slot] = j;
      graph.distances[i * neighbors + slot] = d;
    }
  }
  return graph;
}

/** Lists of nearest neighbours, of the same with noise and holes, or of any rows at any distance. */
function makeGraph(rows: number, neighbors: number, kind: string, isCoarse: boolean, random: () => number) {
  const number = (scale: number) =>
    Math.fround(isCoarse ? Math.round(random() * scale * 4) / 4 : random() * scale);
  const points = Array.from({ length: rows }, (_, row) => [number(5) + (row % 2) * 40, number(5)]);
  const distance = pointDistances(points);
  const lists = points.map((_, i): [number, number][] => {
    if (kind === 'any') {
      return Array.from({ length: neighbors }, () => [Math.floor(random() * (rows + 1)) - 1, number(5)]);
    }
    const nearest = points
      .map((__, j): [number, number] => [j, Math.fround(distance[i][j])])
      .filter(([j]) => j !== i)
      .sort((a, b) => a[1] - b[1] || a[0] - b[0])
      .slice(0, neighbors);
    if (kind === 'nearest') return nearest;
    return nearest.map(([j, d]) => [random() < 0.2 ? -1 : j, Math.fround(d * (0.9 + random() * 0.2))]);
  });
  return { graph: toGraph(lists, neighbors), lists };
}
