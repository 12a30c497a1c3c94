import { fileURLToPath } from 'node:url';
import { openSearcher } from '../../src/neighbors/open.js';
import type { SearcherOptions } from '../../src/neighbors/searcher.js';
import type { Matrix, NeighborGraph } from '../../src/shapes.js';
import type { BenchCase, FunctionCase, PeerJob } from '../case.js';
import { embeddings, points } from '../data.js';
import { news } from '../news.js';

/** Rows of a result that are compared with all distances. */
const SAMPLE = 20;

/** Throws where a sampled row's neighbours aren't the k nearest by float64 distances. */
export function checkNeighbors({ data, rows, cols }: Matrix, graph: NeighborGraph): void {
  const k = graph.neighbors;
  for (let sample = 0; sample < SAMPLE; sample++) {
    const row = Math.floor(((sample + 0.5) / SAMPLE) * rows);
    const distances = new Float32Array(rows);
    for (let other = 0; other < rows; other++) {
      let sum = 0;
      for (let t = 0; t < cols; t++) sum += (data[row * cols + t] - data[other * cols + t]) ** 2;
      distances[other] = Math.sqrt(sum);
    }
    distances[row] = Number.POSITIVE_INFINITY;
    const farthest = distances.slice().sort()[k - 1];
    for (let place = 0; place < k; place++) {
      const index = graph.indices[row * k + place];
      const distance = graph.distances[row * k + place];
      if (index === row || distances[index] !== distance || distance > farthest) {
        throw new Error(
          `row ${row}: neighbour ${place} is ${index} at ${distance}, should be ${farthest} at most`,
        );
      }
    }
  }
}

interface Search {
  name: string;
  make(rows: number, cols: number): Matrix | Promise<Matrix>;
  rows: number;
  cols: number;
  k: number;
  options: SearcherOptions;
  by?: 'wasm' | 'onnx';
  quick?: boolean;
  slow?: boolean;
  runs?: number;
  peers?(data: Matrix): PeerJob[];
}

function search({ name, make, rows, cols, k, options, by, peers, ...rest }: Search): FunctionCase {
  return {
    kind: 'function',
    name: `neighbors/${name}`,
    size: { rows, cols, k },
    ...rest,
    async open() {
      const data = await make(rows, cols);
      const searcher = await openSearcher(data, options);
      return {
        run: () => searcher.search(k),
        check: (graph: NeighborGraph) => checkNeighbors(data, graph),
        close: () => searcher.close(),
        // Every pair once: a multiplication and an addition for each element.
        work: by && { flops: rows * rows * cols, by },
        peers: peers?.(data),
      };
    },
  };
}

const faiss = (k: number, atLeast: number) => (data: Matrix) => [
  { name: 'faiss-cpu', job: 'faiss', points: data, options: { k }, atLeast } satisfies PeerJob,
];

/** The cases with a required figure, then one axis at a time: rows, dimensions, neighbours. */
export const cases: BenchCase[] = [
  search({
    ...news,
    name: 'wasm',
    k: 50,
    options: { engine: 'wasm' },
    by: 'wasm',
    peers: faiss(50, 0.6),
  }),
  search({
    ...news,
    name: 'wasm, 1 thread',
    k: 50,
    options: { engine: 'wasm', threads: 1 },
    by: 'wasm',
  }),
  search({
    ...news,
    name: 'onnx',
    k: 50,
    options: { engine: 'onnx' },
    by: 'onnx',
    peers: faiss(50, 0.9),
  }),
  search({
    name: 'kdtree',
    make: points,
    rows: 1_000_000,
    cols: 3,
    k: 16,
    options: { engine: 'kdtree' },
    runs: 3,
    slow: true,
  }),
  ...[1000, 2000, 4000, 8000].map((rows) =>
    search({
      name: 'wasm by rows',
      make: embeddings,
      rows,
      cols: 128,
      k: 15,
      options: { engine: 'wasm' },
      by: 'wasm',
      quick: rows < 4000,
    }),
  ),
  ...[16, 64, 256, 1024].map((cols) =>
    search({
      name: 'wasm by dimensions',
      make: embeddings,
      rows: 3000,
      cols,
      k: 15,
      options: { engine: 'wasm' },
      by: 'wasm',
      quick: cols < 256,
    }),
  ),
  ...[5, 15, 50, 150].map((k) =>
    search({
      name: 'wasm by neighbours',
      make: embeddings,
      rows: 3000,
      cols: 128,
      k,
      options: { engine: 'wasm' },
      by: 'wasm',
      quick: k < 50,
    }),
  ),
  ...[4000, 8000, 16_000, 32_000].map((rows) =>
    search({
      name: 'onnx by rows',
      make: embeddings,
      rows,
      cols: 384,
      k: 15,
      options: { engine: 'onnx' },
      by: 'onnx',
      quick: rows < 8000,
      runs: 3,
    }),
  ),
  ...[10_000, 100_000, 1_000_000].map((rows) =>
    search({
      name: 'kdtree by rows',
      make: points,
      rows,
      cols: 3,
      k: 15,
      options: { engine: 'kdtree' },
      quick: rows === 10_000,
      runs: 3,
    }),
  ),
  ...[2, 4, 8, 16].map((cols) =>
    search({
      name: 'kdtree by dimensions',
      make: points,
      rows: 20_000,
      cols,
      k: 15,
      options: { engine: 'kdtree' },
      quick: cols < 8,
      runs: 3,
    }),
  ),
  {
    kind: 'process',
    name: 'neighbors/a whole process',
    size: { rows: 100_000, cols: 384, k: 26 },
    slow: true,
    runs: 1,
    atMost: { peakMiB: 6 * 1024 },
    command: () => ({
      file: fileURLToPath(new URL('../jobs/search.ts', import.meta.url)),
      args: ['100000', '384', '26', 'onnx'],
    }),
    check(printed) {
      const { exact, sum } = JSON.parse(printed);
      if (!exact || !(sum > 0 && Number.isFinite(sum))) throw new Error(`not a search's output: ${printed}`);
    },
  },
];
