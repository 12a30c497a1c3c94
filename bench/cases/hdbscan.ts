import { readFile } from 'node:fs/promises';
import { type Hdbscan, type HdbscanOptions, hdbscan } from '../../src/hdbscan/index.js';
import type { Matrix } from '../../src/shapes.js';
import type { BenchCase, FunctionCase, PeerJob } from '../case.js';
import { embeddings, points } from '../data.js';

/** 7,600 AG News rows as MiniLM vectors (float32, 7600 × 384), where this names such a file; made-up ones else. */
const NEWS = process.env.DENSCAPE_NEWS_VECTORS;

async function news(rows: number, cols: number): Promise<Matrix> {
  if (!NEWS) return embeddings(rows, cols);
  const bytes = await readFile(NEWS);
  return {
    data: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
    rows,
    cols,
  };
}

interface Fit {
  name: string;
  rows: number;
  cols: number;
  make(rows: number, cols: number): Matrix | Promise<Matrix>;
  options: HdbscanOptions & { minClusterSize: number; minSamples: number };
  /** Peers, and how many times faster than they is asked for. */
  against?: Partial<Record<'hdbscan' | 'fast' | 'rs' | 'sklearn', number>>;
  quick?: boolean;
  slow?: boolean;
  runs?: number;
}

const NAMES = {
  hdbscan: 'hdbscan',
  fast: 'fast_hdbscan',
  rs: 'hdbscan-rs',
  sklearn: 'scikit-learn',
} as const;

/** Certified, and row for row what Prim's tree over other lists of neighbours gives. */
function checkFit(fit: Hdbscan, reference: Hdbscan): void {
  if (!fit.exactness.certified) throw new Error('the result is not certified');
  for (let row = 0; row < fit.labels.length; row++) {
    if (
      fit.labels[row] !== reference.labels[row] ||
      fit.probabilities[row] !== reference.probabilities[row]
    ) {
      throw new Error(`row ${row} has label ${fit.labels[row]}, should be ${reference.labels[row]}`);
    }
  }
}

function exactFit({ name, rows, cols, make, options, against = {}, ...rest }: Fit): FunctionCase {
  return {
    kind: 'function',
    name: `hdbscan/${name}`,
    size: { rows, cols },
    ...rest,
    async open() {
      const data = await make(rows, cols);
      const neighbors = options.minSamples * 3 + 7;
      const reference = await hdbscan(data, { ...options, neighbors, mst: 'prim' });
      const { minClusterSize, minSamples } = options;
      const peers = (Object.keys(against) as (keyof typeof NAMES)[]).map(
        (job): PeerJob => ({
          // Past 30 dimensions fast_hdbscan 0.3.4 takes pynndescent's neighbours, which are approximate.
          name: job === 'fast' && data.cols > 30 ? 'fast_hdbscan, approximate' : NAMES[job],
          job,
          points: data,
          options: { minClusterSize, minSamples },
          atLeast: against[job],
          runs: job === 'fast' ? 3 : 1,
        }),
      );
      return {
        run: () => hdbscan(data, options),
        check: (answer: Hdbscan) => checkFit(answer, reference),
        peers,
      };
    },
  };
}

const FIVE = { minClusterSize: 5, minSamples: 5 };
const TEN = { minClusterSize: 10, minSamples: 5 };

/** The cases that a figure is asked of, then one axis at a time: rows, dimensions. */
export const cases: BenchCase[] = [
  exactFit({
    name: 'exact, of embeddings',
    rows: 7600,
    cols: 384,
    make: news,
    options: FIVE,
    against: { fast: 8, hdbscan: 50, rs: 1, sklearn: 50 },
  }),
  exactFit({
    name: 'exact, of points',
    rows: 50_000,
    cols: 2,
    make: points,
    options: TEN,
    against: { rs: 1, fast: 1 },
  }),
  exactFit({
    name: 'exact, of points',
    rows: 1_000_000,
    cols: 3,
    make: points,
    options: TEN,
    against: { fast: 10 },
    slow: true,
    runs: 1,
  }),
  exactFit({
    name: 'exact, of embeddings',
    rows: 100_000,
    cols: 384,
    make: embeddings,
    options: { minClusterSize: 10, minSamples: 10 },
    slow: true,
    runs: 1,
  }),
  ...[1_000, 10_000].map((rows) =>
    exactFit({ name: 'exact, of points', rows, cols: 3, make: points, options: TEN, quick: true }),
  ),
  ...[2, 8, 64, 256, 1024].map((cols) =>
    exactFit({
      name: 'exact, by dimension',
      rows: 4000,
      cols,
      make: cols < 16 ? points : embeddings,
      options: FIVE,
      quick: cols <= 64,
      runs: 3,
    }),
  ),
];
