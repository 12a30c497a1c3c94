import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Hdbscan, hdbscan } from '../../src/hdbscan/index.js';
import type { NeighborGraph } from '../../src/shapes.js';
import type { BenchCase, FunctionCase } from '../case.js';
import { graph } from '../data.js';

const SETTINGS = { minClusterSize: 10, minSamples: 5 } as const;

/** The weight of a minimum spanning forest by Kruskal's algorithm, independent of denscape's code. */
function forestWeight({ indices, distances, rows, neighbors }: NeighborGraph, core: Float64Array): number {
  const weight = new Float32Array(indices.length).fill(Number.POSITIVE_INFINITY);
  for (let slot = 0; slot < indices.length; slot++) {
    const [i, j] = [Math.floor(slot / neighbors), indices[slot]];
    if (j >= 0) weight[slot] = Math.max(core[i], core[j], distances[slot]);
  }
  // Weight in front, slot behind: one native sort of numbers.
  const keys = new BigUint64Array(indices.length);
  const bits = new Uint32Array(weight.buffer);
  for (let slot = 0; slot < keys.length; slot++) keys[slot] = (BigInt(bits[slot]) << 32n) | BigInt(slot);
  keys.sort();
  const parent = Int32Array.from({ length: rows }, (_, i) => i);
  const find = (x: number): number => {
    while (parent[x] !== x) {
      parent[x] = parent[parent[x]];
      x = parent[x];
    }
    return x;
  };
  let sum = 0;
  for (const key of keys) {
    const slot = Number(key & 0xffffffffn);
    if (weight[slot] === Number.POSITIVE_INFINITY) continue;
    const [a, b] = [find(Math.floor(slot / neighbors)), find(indices[slot])];
    if (a === b) continue;
    parent[a] = b;
    sum += weight[slot];
  }
  return sum;
}

function checkTree(fit: Hdbscan, expected: number): void {
  const sum = fit.singleLinkage.distance
    .filter(Number.isFinite)
    .reduce((total, distance) => total + distance, 0);
  if (Math.abs(sum - expected) > 1e-9 * expected)
    throw new Error(`the tree weighs ${sum}, should be ${expected}`);
  const sizes = new Int32Array(fit.clusterCount);
  for (const label of fit.labels) if (label >= 0) sizes[label]++;
  const least = sizes.reduce((size, other) => Math.min(size, other), Number.POSITIVE_INFINITY);
  if (least < SETTINGS.minClusterSize) throw new Error(`a cluster of ${least} rows`);
}

interface Tree {
  rows: number;
  k: number;
  mst: 'boruvka' | 'prim';
  /** Required speed-up over fast_hdbscan. */
  atLeast?: number;
  quick?: boolean;
  slow?: boolean;
  runs?: number;
}

function tree({ rows, k, mst, atLeast, ...rest }: Tree): FunctionCase {
  return {
    kind: 'function',
    name: `tree/${mst}`,
    size: { rows, k },
    ...rest,
    async open() {
      const lists = await graph(rows, k);
      const first = await hdbscan(lists, { ...SETTINGS, mst });
      const expected = forestWeight(lists, first.coreDistances);
      return {
        run: () => hdbscan(lists, { ...SETTINGS, mst }),
        check: (fit: Hdbscan) => checkTree(fit, expected),
        // Indices and distances once, and what the result holds.
        work: { bytes: rows * k * 8 + rows * 76 },
        peers: atLeast
          ? [{ name: 'fast_hdbscan', job: 'fast-graph', graph: lists, options: SETTINGS, atLeast, runs: 2 }]
          : [],
      };
    },
  };
}

/** The cases with a required figure, then one axis at a time: rows, neighbours. */
export const cases: BenchCase[] = [
  tree({ rows: 100_000, k: 16, mst: 'boruvka', atLeast: 10 }),
  tree({ rows: 100_000, k: 16, mst: 'prim', atLeast: 6 }),
  tree({ rows: 1_000_000, k: 16, mst: 'boruvka', atLeast: 12, slow: true, runs: 3 }),
  tree({ rows: 1_000_000, k: 16, mst: 'prim', atLeast: 6, slow: true, runs: 3 }),
  ...[1_000, 10_000].map((rows) => tree({ rows, k: 16, mst: 'boruvka', quick: true })),
  ...[8, 32, 64].map((k) => tree({ rows: 50_000, k, mst: 'boruvka', quick: k === 8 })),
  {
    kind: 'process',
    name: 'tree/a whole process',
    size: { rows: 1_000_000, k: 16 },
    slow: true,
    runs: 1,
    // An eighth of the 2,313 MiB that fast_hdbscan's process had at least (DESIGN.md's machine: 2.8 GB).
    atMost: { peakMiB: 289 },
    async command() {
      const folder = await mkdtemp(join(tmpdir(), 'denscape-tree-'));
      const { indices, distances } = await graph(1_000_000, 16);
      await writeFile(join(folder, 'indices'), indices);
      await writeFile(join(folder, 'distances'), distances);
      return {
        file: fileURLToPath(new URL('../jobs/tree.ts', import.meta.url)),
        args: [folder, '1000000', '16'],
      };
    },
    check(printed) {
      const { clusters, merges } = JSON.parse(printed);
      if (!(clusters > 1000) || merges !== 999_999) throw new Error(`not a tree's output: ${printed}`);
    },
  },
];
