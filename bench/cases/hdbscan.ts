import { fileURLToPath } from 'node:url';
import { type Hdbscan, type HdbscanOptions, hdbscan } from '../../src/hdbscan/index.js';
import type { Matrix } from '../../src/shapes.js';
import type { BenchCase, FunctionCase, PeerJob, ProcessCase, Size } from '../case.js';
import { embeddings, points } from '../data.js';
import { news } from '../news.js';

interface Fit {
  name: string;
  rows: number;
  cols: number;
  make(rows: number, cols: number): Matrix | Promise<Matrix>;
  options: HdbscanOptions & { minClusterSize: number; minSamples: number };
  /** Peers, and the required speed-up over each. */
  against?: Partial<Record<keyof typeof NAMES, number | undefined>>;
  quick?: boolean;
  slow?: boolean;
  runs?: number;
}

export const NAMES = {
  hdbscan: 'hdbscan',
  fast: 'fast_hdbscan',
  // Past 30 dimensions `fit` of fast_hdbscan 0.3.4 takes pynndescent's neighbours, which are approximate.
  'fast-exact': 'fast_hdbscan, its exact tree',
  rs: 'hdbscan-rs',
  'hdbscan-ts': 'hdbscan-ts',
  sklearn: 'scikit-learn',
} as const;

/** Certified, and row for row what Prim's tree over other lists of neighbours gives. */
export function checkFit(fit: Hdbscan, reference: Hdbscan): void {
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
          name: job === 'fast' && data.cols > 30 ? 'fast_hdbscan, approximate' : NAMES[job],
          job,
          points: data,
          options: { minClusterSize, minSamples },
          atLeast: against[job],
          runs: job.startsWith('fast') || (job === 'rs' && rows * cols <= 100_000) ? 3 : 1,
        }),
      );
      return {
        run: () => hdbscan(data, options),
        check: (found: Hdbscan) => checkFit(found, reference),
        peers,
      };
    },
  };
}

/** 870 AG News rows by MiniLM. */
const NEWS_SAMPLE = fileURLToPath(new URL('../../test/fixtures/news/vectors_870x384.f32', import.meta.url));

/** The first call in a process: nothing is compiled, no thread is there. Only the call is timed. */
function firstCall(
  name: string,
  size: Size,
  [minClusterSize, minSamples]: [number, number],
  source: string,
  atMost: ProcessCase['atMost'],
): ProcessCase {
  const isLong = size.rows > 10_000;
  return {
    kind: 'process',
    name: `hdbscan/${name}`,
    size,
    atMost,
    slow: isLong,
    quick: !isLong,
    runs: isLong ? 1 : 5,
    command: () => ({
      file: fileURLToPath(new URL('../jobs/fit.ts', import.meta.url)),
      args: [minClusterSize, minSamples, size.cols ?? 0, source].map(String),
    }),
    check(printed) {
      const { certified, clusters } = JSON.parse(printed);
      if (!certified || !(clusters > 5)) throw new Error(`not a certified found: ${printed}`);
    },
  };
}

const FIVE = { minClusterSize: 5, minSamples: 5 };
const TEN = { minClusterSize: 10, minSamples: 5 };

/** The cases with a required figure, then one axis at a time: rows, dimensions. */
export const cases: BenchCase[] = [
  exactFit({
    ...news,
    name: `exact, of ${news.name}`,
    options: FIVE,
    against: { 'fast-exact': 8, fast: undefined, hdbscan: 50, rs: 1, sklearn: 50 },
  }),
  // Vectors without much of a structure: nearly every row has to be compared with all.
  exactFit({
    name: 'exact, of embeddings',
    rows: 7600,
    cols: 384,
    make: embeddings,
    options: FIVE,
    slow: true,
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
  firstCall('first call', { rows: 870, cols: 384 }, [3, 3], NEWS_SAMPLE, { seconds: 0.5 }),
  firstCall('a whole process', { rows: 100_000, cols: 384 }, [10, 10], '100000', { peakMiB: 6 * 1024 }),
  exactFit({
    name: 'exact, of points',
    ...{ rows: 1000, cols: 3, make: points, options: TEN, quick: true },
    against: { rs: undefined, fast: undefined, hdbscan: undefined, 'hdbscan-ts': undefined },
  }),
  exactFit({ name: 'exact, of points', rows: 10_000, cols: 3, make: points, options: TEN, quick: true }),
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
