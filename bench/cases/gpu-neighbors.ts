import { type Hdbscan, hdbscan } from '../../src/hdbscan/index.js';
import { findNeighbors, type Neighbors } from '../../src/neighbors/neighbors.js';
import type { Progress } from '../../src/progress.js';
import { type Card, withoutCard } from '../card.js';
import type { BenchCase, FunctionCase } from '../case.js';
import { spreadOut } from '../data.js';
import { isSmall } from '../random-model.js';

/*
 * Exact neighbours and certified fits on a graphics card, from opening it to the result, compared with the processor's result where
 * that is affordable. bench/gpu.ts runs them, each in a process of its own.
 */

/** DENSCAPE_GPU_AS=webgpu tries the cases for CUDA on a software driver. */
const CUDA = (process.env.DENSCAPE_GPU_AS ?? 'cuda') as Card;
const COLS = 384;
const NEIGHBORS = 50;

/** Rows of a case; few with DENSCAPE_GPU_SMALL=1, which tries the script on a software driver. */
const rowsOf = (rows: number) => (isSmall ? Math.min(2000, rows / 50) : rows);

const seconds = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const start = performance.now();
  return [await work(), (performance.now() - start) / 1000];
};

function requireSame(name: string, found: ArrayLike<number>, truth: ArrayLike<number>) {
  if (found.length !== truth.length)
    throw new Error(`${name}: ${found.length} numbers, ${truth.length} wanted`);
  for (let at = 0; at < found.length; at++) {
    if (!Object.is(found[at], truth[at]))
      throw new Error(`${name} ${at} is ${found[at]}, on the CPU ${truth[at]}`);
  }
}

/** Lists of all rows, row for row those of the processor. */
function search(device: Card, all: number): FunctionCase {
  const rows = rowsOf(all);
  return {
    kind: 'function',
    name: `gpu/${device} neighbours`,
    size: { rows, cols: COLS, k: NEIGHBORS },
    slow: true,
    once: true,
    unavailable: withoutCard(device),
    open() {
      const points = spreadOut(rows, COLS);
      let onCpu = 0;
      return {
        run: () => findNeighbors(points, NEIGHBORS, { device }),
        async check({ indices, distances }: Neighbors) {
          const [truth, took] = await seconds(() => findNeighbors(points, NEIGHBORS, { device: 'cpu' }));
          onCpu = took;
          requireSame('index', indices, truth.indices);
          requireSame('distance', distances, truth.distances);
        },
        found: () => ({ equal: 'to the CPU’s', 'CPU seconds': Number(onCpu.toPrecision(3)) }),
        peers: device === CUDA ? [torchSearch(rows)] : [],
      };
    },
  };
}

/** What the card takes for products and TopK alone, in float32 and without any proof. */
const torchSearch = (rows: number) => ({
  name: 'torch, products and topk alone',
  job: 'neighbors-gpu' as const,
  options: { rows, cols: COLS, k: NEIGHBORS + 1 },
  runs: 1,
});

/** Whole fits, certified; up to 20,000 rows compared with the processor's. */
function certified(device: Card, all: number): FunctionCase {
  const rows = rowsOf(all);
  const options = { minClusterSize: 10, minSamples: 5, neighbors: NEIGHBORS };
  return {
    kind: 'function',
    name: `gpu/${device} certified fit`,
    size: { rows, cols: COLS, k: NEIGHBORS },
    slow: true,
    once: true,
    unavailable: withoutCard(device),
    open() {
      const points = spreadOut(rows, COLS);
      const found: Record<string, unknown> = {};
      return {
        run() {
          const start = performance.now();
          const onProgress = ({ stage, done, total }: Progress) => {
            if (stage !== 'neighbors' || done === undefined || done !== total) return;
            found['search seconds'] ??= Number(((performance.now() - start) / 1000).toPrecision(3));
          };
          return hdbscan(points, { ...options, device, onProgress });
        },
        async check({ exactness, labels, clusterCount, minimumSpanningTree }: Hdbscan) {
          if (!exactness.certified) throw new Error('the fit is not certified');
          Object.assign(found, { clusters: clusterCount, 'rows scanned': exactness.scannedRows });
          if (all > 20_000) return;
          const truth = await hdbscan(points, { ...options, device: 'cpu' });
          requireSame('label', labels, truth.labels);
          requireSame('weight', minimumSpanningTree.weight, truth.minimumSpanningTree.weight);
          found.equal = 'to the CPU’s';
        },
        found: () => found,
      };
    },
  };
}

/** Rows of the largest fit. */
const LARGEST = Number(process.env.DENSCAPE_GPU_ROWS ?? 1_000_000);

export const cases: BenchCase[] = [
  search(CUDA, 20_000),
  certified(CUDA, 20_000),
  certified(CUDA, 100_000),
  search(CUDA, 100_000),
  search('webgpu', 20_000),
  certified(CUDA, LARGEST),
];
