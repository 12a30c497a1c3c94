import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Layout, type LayoutOptions, layout } from '../../src/layout/index.js';
import { openSearcher } from '../../src/neighbors/open.js';
import type { Matrix } from '../../src/shapes.js';
import type { BenchCase, FunctionCase, ProcessCase } from '../case.js';
import { embeddings, normal, points, seeded } from '../data.js';
import { news } from '../news.js';

async function vectors(file: string | URL, cols: number): Promise<Matrix> {
  const bytes = await readFile(file);
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { data, rows: data.length / cols, cols };
}

/** A rolled-up sheet in three dimensions, with a little noise. */
function swissRoll(rows: number): Matrix {
  const random = seeded(7);
  const gauss = normal(random);
  const data = new Float32Array(3 * rows);
  for (let row = 0; row < rows; row++) {
    const t = 1.5 * Math.PI * (1 + 2 * random());
    const sheet = [t * Math.cos(t), 21 * random(), t * Math.sin(t)];
    data.set(
      sheet.map((x) => x + 0.05 * gauss()),
      3 * row,
    );
  }
  return { data, rows, cols: 3 };
}

/** Ten curved classes in 64 dimensions, as handwritten digits are: each bends along six directions of its own. */
function digitsLike(rows: number): Matrix {
  const random = seeded(7);
  const gauss = normal(random);
  const cols = 64;
  const bends = 6;
  const centres = Float32Array.from({ length: 10 * cols }, () => 5 * gauss());
  const ways = Float32Array.from({ length: 10 * bends * cols }, gauss);
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const digit = row % 10;
    const at = Array.from({ length: bends }, () => 2 * random() - 1);
    for (let c = 0; c < cols; c++) {
      let x = centres[digit * cols + c] + 0.8 * gauss();
      for (let b = 0; b < bends; b++) {
        const next = at[(b + 1) % bends];
        x += 3 * (at[b] + at[b] * next) * ways[(digit * bends + b) * cols + c];
      }
      data[row * cols + c] = x;
    }
  }
  return { data, rows, cols };
}

interface Picture {
  name: string;
  rows: number;
  cols: number;
  k: number;
  make(): Matrix | Promise<Matrix>;
  options?: LayoutOptions;
  /** Epochs of umap-js, where it takes part: its own default for so many rows. */
  umapJsEpochs?: number;
  /** Required speed-up over umap-learn. */
  atLeast?: number;
  runs?: number;
  quick?: boolean;
  slow?: boolean;
}

function picture(one: Picture): FunctionCase {
  const { name, rows, cols, k, make, options = {}, umapJsEpochs, atLeast, ...rest } = one;
  return {
    kind: 'function',
    name: `layout/${name}`,
    size: { rows, cols, k },
    ...rest,
    async open() {
      const data = await make();
      const searcher = await openSearcher(data, {});
      const graph = await searcher.search(k);
      searcher.close();
      const folder = await mkdtemp(join(tmpdir(), 'denscape-layout-'));
      const ours = join(folder, 'points.f32');
      const first = await layout(graph, options);
      await writeFile(ours, first.points);
      const shared = { points: data, graph, options: { minDist: options.minDist ?? 0.1, ours }, runs: 2 };
      const umapLearn = { ...shared, name: 'umap-learn', job: 'layout' as const, atLeast };
      const umapJs = {
        ...shared,
        name: 'umap-js',
        job: 'layout-umap-js' as const,
        options: { minDist: options.minDist ?? 0.1, epochs: umapJsEpochs ?? 200 },
        atLeast: 15,
        runs: 1,
      };
      return {
        run: () => layout(graph, options),
        // The same bytes every time, and a picture.
        check: (found: Layout) => {
          const isSame = found.points.every((x, at) => x === first.points[at] && Number.isFinite(x));
          if (!isSame) throw new Error('a second layout with the same seed has other points');
        },
        close: () => rm(folder, { recursive: true }),
        peers: umapJsEpochs ? [umapLearn, umapJs] : [umapLearn],
      };
    },
  };
}

/** Neighbours and layout in a process of their own, for its peak memory. */
function wholeProcess(rows: number, cols: number, k: number, peakMiB?: number): ProcessCase {
  return {
    kind: 'process',
    name: 'layout/a whole process',
    size: { rows, cols, k },
    slow: true,
    runs: 1,
    atMost: peakMiB === undefined ? undefined : { peakMiB },
    command: () => ({
      file: fileURLToPath(new URL('../jobs/layout.ts', import.meta.url)),
      args: [rows, cols, k].map(String),
    }),
    check(printed) {
      const { spread } = JSON.parse(printed) as { spread: number };
      if (!(spread > 1 && spread < 1e4)) throw new Error(`not a layout's output: ${printed}`);
    },
  };
}

/** The cases with a required figure, then one axis at a time: rows, neighbours, dimensions of the layout. */
export const cases: BenchCase[] = [
  picture({ ...news, k: 80, umapJsEpochs: 200, atLeast: 6 }),
  picture({ ...news, name: `${news.name}, 1 thread`, k: 80, options: { threads: 1 } }),
  picture({
    name: 'AG News sample',
    make: () => vectors(new URL('../../test/fixtures/news/vectors_870x384.f32', import.meta.url), 384),
    ...{ rows: 870, cols: 384, k: 50, quick: true },
  }),
  picture({ name: 'digits-like', make: () => digitsLike(1797), rows: 1797, cols: 64, k: 15, quick: true }),
  picture({ name: 'swiss roll', make: () => swissRoll(3000), rows: 3000, cols: 3, k: 15, quick: true }),
  picture({
    name: 'points',
    make: () => points(100_000, 3),
    ...{ rows: 100_000, cols: 3, k: 15, runs: 2, slow: true },
  }),
  wholeProcess(7600, 384, 80, 400),
  wholeProcess(100_000, 3, 15),
  ...[1000, 2000, 4000, 8000].map((rows) =>
    picture({
      name: 'by rows',
      make: () => embeddings(rows, 128),
      ...{ rows, cols: 128, k: 15, quick: rows < 4000 },
    }),
  ),
  ...[5, 15, 50, 150].map((k) =>
    picture({ name: 'by neighbours', make: () => embeddings(2000, 128), rows: 2000, cols: 128, k }),
  ),
  ...[1, 2, 5, 10].map((components) =>
    picture({
      name: `in ${components}-D`,
      make: () => embeddings(2000, 128),
      ...{ rows: 2000, cols: 128, k: 15, options: { components } },
    }),
  ),
];
