// The cases of `--data`: neighbours, fit, layout and the whole command on a quarter, half and all rows of a user's file.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'csv-stringify/sync';
import { type Hdbscan, hdbscan } from '../src/hdbscan/index.js';
import { type Layout, layout } from '../src/layout/index.js';
import { findNeighbors } from '../src/neighbors/neighbors.js';
import { openSearcher } from '../src/neighbors/open.js';
import { sampleRecall } from '../src/neighbors/recall.js';
import { npyPieces } from '../src/run/npy.js';
import type { Matrix, NeighborGraph } from '../src/shapes.js';
import type { FunctionCase, PeerJob } from './case.js';
import { checkFit, NAMES as FITS } from './cases/hdbscan.js';
import { checkNeighbors } from './cases/neighbors.js';
import { type OwnData, parts } from './own-data.js';
import { runProcess } from './process.js';

/** Neighbours that `denscape cluster` searches, and those that a layout takes by default. */
const SEARCHED = 50;
const LAID_OUT = 15;
const FIT = { minClusterSize: 5, minSamples: 5 };

/** Rows up to which a fit is compared with Prim's tree over longer lists, which takes as long again. */
const COMPARED_ROWS = 20_000;
/** Rows up to which work is repeated. */
const REPEATED_ROWS = 10_000;

const CLI = fileURLToPath(new URL('../build/cli/main.js', import.meta.url));

/** @param peerSeconds the most that a peer may take for one of its runs */
export function ownCases(data: OwnData, peerSeconds: number): FunctionCase[] {
  return parts(data)
    .flatMap((part) => [neighborsOf(part), approximateOf(part), fitOf(part), layoutOf(part), jobOf(part)])
    .map((one) => ({ ...one, open: async () => limited(await one.open(), peerSeconds) }))
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}

const ORDER = ['neighbors', 'neighbors, approximate', 'fit', 'layout', 'the whole command'];

const limited = <T extends { peers?: PeerJob[] }>(opened: T, seconds: number): T => ({
  ...opened,
  peers: opened.peers?.map((peer) => ({ ...peer, atMostSeconds: seconds })),
});

/** Large data is worked on once; what little is lost to warming up doesn't count there. */
const repeats = ({ rows }: Matrix) => (rows <= REPEATED_ROWS ? { runs: 3 } : { once: true });

function neighborsOf({ vectors }: OwnData): FunctionCase {
  const { rows, cols } = vectors;
  const k = SEARCHED;
  return {
    kind: 'function',
    name: ORDER[0],
    size: { rows, cols, k },
    ...repeats(vectors),
    async open() {
      const searcher = await openSearcher(vectors, { neighbors: k });
      return {
        run: () => searcher.search(k),
        check: (graph: NeighborGraph) => checkNeighbors(vectors, graph),
        found: () => ({ engine: searcher.engine }),
        close: () => searcher.close(),
        peers: [{ name: 'faiss-cpu, exact', job: 'faiss', points: vectors, options: { k } }],
      };
    },
  };
}

/** Building the index counts: it is made for one search. */
function approximateOf({ vectors }: OwnData): FunctionCase {
  const { rows, cols } = vectors;
  const k = SEARCHED;
  let recall = Number.NaN;
  return {
    kind: 'function',
    name: ORDER[1],
    size: { rows, cols, k },
    ...repeats(vectors),
    open: () => ({
      run: () => findNeighbors(vectors, k, { engine: 'cells' }),
      async check(graph: NeighborGraph) {
        recall = (await sampleRecall(vectors, graph)).share;
        if (!(recall > 0)) throw new Error(`no true neighbour was found`);
      },
      found: () => ({ recall: recall.toFixed(4) }),
      peers: (['pynndescent', 'usearch'] as const).map((job) => ({
        name: job,
        job,
        points: vectors,
        options: { k },
      })),
    }),
  };
}

function fitOf({ vectors }: OwnData): FunctionCase {
  const { rows, cols } = vectors;
  return {
    kind: 'function',
    name: ORDER[2],
    size: { rows, cols },
    ...repeats(vectors),
    async open() {
      const longer = { ...FIT, neighbors: FIT.minSamples * 3 + 7, mst: 'prim' } as const;
      const reference = rows <= COMPARED_ROWS ? await hdbscan(vectors, longer) : undefined;
      let fit: Hdbscan | undefined;
      return {
        run: () => hdbscan(vectors, FIT),
        check(found: Hdbscan) {
          checkFit(found, reference ?? found);
          fit = found;
        },
        found: () => fit && { clusters: fit.clusterCount, certified: fit.exactness.certified },
        peers: (['fast', 'fast-exact', 'rs', 'hdbscan', 'sklearn'] as const).map((job) => ({
          name: job === 'fast' && cols > 30 ? `${FITS[job]}, approximate` : FITS[job],
          job,
          points: vectors,
          options: FIT,
        })),
      };
    },
  };
}

function layoutOf({ vectors }: OwnData): FunctionCase {
  const { rows, cols } = vectors;
  const k = LAID_OUT;
  return {
    kind: 'function',
    name: ORDER[3],
    size: { rows, cols, k },
    ...repeats(vectors),
    async open() {
      const graph = await findNeighbors(vectors, k);
      const folder = await mkdtemp(join(tmpdir(), 'denscape-bench-'));
      const ours = join(folder, 'points.f32');
      const first = await layout(graph, {});
      await writeFile(ours, first.points);
      return {
        run: () => layout(graph, {}),
        check({ points }: Layout) {
          const isSame = points.every((x, at) => x === first.points[at] && Number.isFinite(x));
          if (!isSame) throw new Error('a second layout with the same seed has other points');
        },
        close: () => rm(folder, { recursive: true }),
        peers: [
          { name: 'umap-learn', job: 'layout', points: vectors, graph, options: { minDist: 0.1, ours } },
        ],
      };
    },
  };
}

/** `denscape cluster` with all of its files, from texts and vectors; a process of its own, so that its memory is known. */
function jobOf({ vectors, texts }: OwnData): FunctionCase {
  const { rows, cols } = vectors;
  let peakMiB: number | undefined;
  let topics = 0;
  return {
    kind: 'function',
    name: ORDER[4],
    size: { rows, cols },
    once: true,
    async open() {
      const folder = await mkdtemp(join(tmpdir(), 'denscape-bench-'));
      const [table, matrix, out] = ['rows.csv', 'rows.npy', 'out'].map((name) => join(folder, name));
      await writeFile(table, stringify([['text'], ...texts.map((text) => [text])]));
      await writeFile(matrix, npyPieces(vectors));
      await runProcess(CLI, ['--version']); // what the first process waits for doesn't count
      const args = ['cluster', table, '--text', 'text', '--vectors', matrix, '--out', out];
      return {
        async run() {
          const done = await runProcess(CLI, [...args, '--max-search-seconds', '1e9']);
          peakMiB = done.peakMiB;
        },
        async check() {
          const written = JSON.parse(await readFile(join(out, 'clusters.json'), 'utf8'));
          const { rows: clustered } = written.run;
          if (clustered !== rows) throw new Error(`${clustered} rows were clustered, not ${rows}`);
          topics = written.topics.length;
        },
        found: () => ({ topics }),
        peakMiB: () => peakMiB,
        close: () => rm(folder, { recursive: true }),
        peers: [
          {
            name: 'umap-learn, fast_hdbscan: labels and places only',
            job: 'labels-and-places',
            points: vectors,
          },
        ],
      };
    },
  };
}
