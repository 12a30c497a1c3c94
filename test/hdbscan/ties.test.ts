// Where float32 distances tie or nearly do, results must be those of float64: see docs/architecture.md.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type HdbscanOptions, hdbscan, type NeighborGraph } from '../../src/hdbscan/index.js';
import { openSearcher } from '../../src/neighbors/open.js';
import { byFirstRow, expectOracle } from './compare.js';
import { KIND_NAMES, KINDS, type Kind, randomFrom } from './kinds.js';
import { graphDistances, type OracleParameters, pointDistances, solve } from './oracle.js';

const INF = Number.POSITIVE_INFINITY;
/** Cases per kind; DENSCAPE_FUZZ=N runs more, from DENSCAPE_SEED on. */
const CASES = Number(process.env.DENSCAPE_FUZZ ?? 25);
const SEED = Number(process.env.DENSCAPE_SEED ?? 1);

const flat = (points: number[][]) => ({
  data: Float32Array.from(points.flat()),
  rows: points.length,
  cols: points[0]?.length ?? 1,
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

const choose = <T>(random: () => number, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)];

function drawParameters(random: () => number): OracleParameters {
  return {
    minClusterSize: 2 + Math.floor(random() * 5),
    minSamples: 1 + Math.floor(random() * 6),
    alpha: choose(random, [1, 1, 1, 0.5, 0.6, 1.4, 2, 0.1, 1000]),
    method: choose(random, ['eom', 'eom', 'leaf'] as const),
    epsilon: 0,
    maxClusterSize: choose(random, [0, 0, 10]),
    allowSingleCluster: random() < 0.4,
  };
}

interface Drawn {
  points: number[][];
  parameters: OracleParameters;
  random: () => number;
}

function draw(kind: Kind, seed: number): Drawn {
  const random = randomFrom(seed * 7919 + KIND_NAMES.indexOf(kind));
  const rows = 2 + Math.floor(random() * 60);
  const cols = 1 + Math.floor(random() * 7);
  return { points: KINDS[kind](random, rows, cols), parameters: drawParameters(random), random };
}

/** The merges and core distances of the definition, to the last bit, and its labels. */
function expectExact(
  fit: Awaited<ReturnType<typeof hdbscan>>,
  distances: number[][],
  p: OracleParameters,
): void {
  const oracle = solve(distances, p);
  expect([...fit.coreDistances]).toEqual(oracle.core);
  expect([...fit.singleLinkage.distance]).toEqual(oracle.mergeDistances);
  expectOracle(fit, oracle, 1e-9);
}

/** The k nearest by (float32 distance, row), as engines list them. */
function nearestLists(distance: number[][], k: number, rows = distance.map((_, row) => row)): NeighborGraph {
  const graph = {
    indices: new Int32Array(rows.length * k).fill(-1),
    distances: new Float32Array(rows.length * k).fill(INF),
    rows: rows.length,
    neighbors: k,
  };
  for (const [at, row] of rows.entries()) {
    const nearest = [...distance.keys()]
      .filter((other) => other !== row)
      .sort((a, b) => Math.fround(distance[row][a]) - Math.fround(distance[row][b]) || a - b)
      .slice(0, k);
    graph.indices.set(nearest, at * k);
    graph.distances.set(
      nearest.map((other) => distance[row][other]),
      at * k,
    );
  }
  return graph;
}

function each(kind: Kind, check: (drawn: Drawn, seed: number) => Promise<void>) {
  return async () => {
    for (let seed = SEED; seed < SEED + CASES; seed++) {
      try {
        await check(draw(kind, seed), seed);
      } catch (error) {
        throw new Error(`${kind}, seed ${seed}`, { cause: error });
      }
    }
  };
}

describe('points get the definition’s merges, core distances and labels, certified, with any engine and neighbors', () => {
  test.each(KIND_NAMES)('%s', (kind) =>
    each(kind, async ({ points, parameters, random }) => {
      const fit = await hdbscan(flat(points), {
        ...optionsOf(parameters),
        neighbors: choose(random, [undefined, undefined, 1, 2, 5, 20]),
        engine: choose(random, ['auto', 'wasm', 'kdtree'] as const),
        mst: choose(random, ['auto', 'auto', 'prim'] as const),
        threads: 1,
      });
      expect(fit.exactness.certified).toBe(true);
      expectExact(fit, pointDistances(points), parameters);
    })(),
  );
});

describe('the same rows in another order, and any neighbors, get the same clusters', () => {
  test.each(KIND_NAMES)('%s', (kind) =>
    each(kind, async ({ points, parameters, random }) => {
      const options = { ...optionsOf(parameters), threads: 1 };
      const fit = await hdbscan(flat(points), options);
      const order = [...points.keys()].sort(() => random() - 0.5);
      const turned = await hdbscan(flat(order.map((row) => points[row])), {
        ...options,
        neighbors: choose(random, [1, 3, 9]),
      });
      const back = new Int32Array(order.length);
      for (const [at, row] of order.entries()) back[row] = turned.labels[at];
      expect(byFirstRow(back).labels).toEqual(byFirstRow(fit.labels).labels);
      expect(turned.singleLinkage.distance).toEqual(fit.singleLinkage.distance);
    })(),
  );
});

describe('a graph of points with their searcher gets the definition’s, k below minSamples included', () => {
  const fitting = KIND_NAMES.filter((kind) => kind !== 'extremes');
  test.each(fitting)('%s', (kind) =>
    each(kind, async ({ points, parameters, random }) => {
      const matrix = flat(points);
      const searcher = await openSearcher(matrix, {
        engine: choose(random, ['wasm', 'kdtree'] as const),
        threads: 1,
      });
      try {
        const graph = await searcher.search(1 + Math.floor(random() * 6));
        const widens = random() < 0.5;
        const fit = await hdbscan(graph, {
          ...optionsOf(parameters),
          points: matrix,
          ...(widens ? { widen: (rows, k) => searcher.widen(rows, k) } : { scanner: searcher }),
        });
        expect(fit.exactness.certified).toBe(true);
        expectExact(fit, pointDistances(points), parameters);
      } finally {
        searcher.close();
      }
    })(),
  );
});

describe('a graph with a widen callback gets the result of all its float32 distances, alpha and short lists included', () => {
  test.each(KIND_NAMES)('%s', (kind) =>
    each(kind, async ({ points, parameters, random }) => {
      const distance = pointDistances(points).map((row) => row.map(Math.fround));
      const k = 1 + Math.floor(random() * 6);
      const fit = await hdbscan(nearestLists(distance, k), {
        ...optionsOf(parameters),
        widen: (rows, wider) => nearestLists(distance, wider, [...rows]),
        mst: choose(random, ['auto', 'auto', 'prim'] as const),
      });
      expect(fit.exactness.certified).toBe(true);
      expectExact(fit, distance, parameters);
    })(),
  );
});

describe('any graph alone gets the result of its listed pairs', () => {
  test.each(KIND_NAMES)('%s', (kind) =>
    each(kind, async ({ points, parameters, random }) => {
      const distance = pointDistances(points).map((row) => row.map(Math.fround));
      const k = 1 + Math.floor(random() * 6);
      const holes = choose(random, [0, 0.2, 0.7]);
      const lists = points.map((_, row) => {
        const { indices, distances } = nearestLists(distance, k, [row]);
        return [...indices]
          .map((other, slot): [number, number] => [random() < holes ? -1 : other, distances[slot]])
          .filter(([other]) => other >= 0);
      });
      const graph: NeighborGraph = {
        indices: new Int32Array(points.length * k).fill(-1),
        distances: new Float32Array(points.length * k).fill(INF),
        rows: points.length,
        neighbors: k,
      };
      for (const [row, list] of lists.entries()) {
        for (const [slot, [other, far]] of list.entries()) {
          graph.indices[row * k + slot] = other;
          graph.distances[row * k + slot] = far;
        }
      }
      const fit = await hdbscan(graph, {
        ...optionsOf(parameters),
        mst: choose(random, ['auto', 'prim'] as const),
      });
      expectExact(fit, graphDistances(lists), parameters);
    })(),
  );
});

// test/fixtures/core: minimal inputs that once came out wrong, with what fixtures/oracle.py gives for them in float64.
interface Stored {
  points_float32?: number[][];
  points?: number[] | number[][];
  edges_i_j_float32?: [number, number, number][];
  lists_j_distance?: [number, number | null][][];
  rows?: number;
  k?: number;
  options: HdbscanOptions & { neighbors?: number };
  expected: { labels: number[]; merge_distances?: (number | string)[]; core?: number[] };
}

describe('a stored case gets what the definition gives', () => {
  const folder = new URL('../fixtures/core/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

  async function fitStored(stored: Stored) {
    const { options } = stored;
    if (stored.points_float32) return hdbscan(flat(stored.points_float32), options);
    if (stored.points) {
      const points = stored.points.map((point) => (typeof point === 'number' ? [point] : point));
      const distance = pointDistances(points).map((row) => row.map(Math.fround));
      return hdbscan(nearestLists(distance, stored.k ?? 1), {
        ...options,
        widen: (rows, wider) => nearestLists(distance, wider, [...rows]),
      });
    }
    const rows = stored.rows ?? stored.lists_j_distance?.length ?? 0;
    const lists: [number, number | null][][] =
      stored.lists_j_distance ??
      Array.from({ length: rows }, (_, row) =>
        (stored.edges_i_j_float32 ?? [])
          .filter(([from]) => from === row)
          .map(([, to, distance]): [number, number] => [to, distance]),
      );
    const neighbors = Math.max(...lists.map((list) => list.length));
    const graph: NeighborGraph = {
      indices: new Int32Array(rows * neighbors).fill(-1),
      distances: new Float32Array(rows * neighbors).fill(INF),
      rows,
      neighbors,
    };
    for (const [row, list] of lists.entries()) {
      for (const [slot, [to, distance]] of list.entries()) {
        graph.indices[row * neighbors + slot] = to;
        graph.distances[row * neighbors + slot] = distance ?? INF;
      }
    }
    return hdbscan(graph, options);
  }

  test.each(names)('%s', async (name) => {
    const stored: Stored = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    const fit = await fitStored(stored);
    const { labels, merge_distances: merges, core } = stored.expected;
    expect(byFirstRow(fit.labels).labels).toEqual(byFirstRow(labels).labels);
    if (merges) expect([...fit.singleLinkage.distance]).toEqual(merges.map(Number));
    if (core) expect([...fit.coreDistances]).toEqual(core);
  });

  test('the folder holds 14 cases', () => expect(names.length).toBe(14));
});
