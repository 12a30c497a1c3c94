import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { packBatch } from '../../src/embed/batches.js';
import { openModel } from '../../src/embed/index.js';
import { type ModelFiles, obtainModel } from '../../src/embed/model-files.js';
import { hostSession } from '../../src/embed/session-host.js';
import { openTokenizer } from '../../src/embed/tokenizer.js';
import { BGE_M3_SHAPE } from '../../test/helpers/encoder-graph.js';
import type { BenchCase, FunctionCase, PeerJob, ProcessCase } from '../case.js';
import { randomModel } from '../random-model.js';

const threads = availableParallelism();

/** `count` different rows: AG News titles, each with some row's description. */
export async function newsTexts(count: number): Promise<string[]> {
  const file = new URL('../../test/fixtures/news/ag_news_870.csv', import.meta.url);
  const rows: { title: string; description: string }[] = parse(await readFile(file), { columns: true });
  return Array.from({ length: count }, (_, at) => {
    const shift = Math.floor(at / rows.length) * 7;
    return `${rows[at % rows.length].title}\n${rows[(at + shift) % rows.length].description}`;
  });
}

const tokenizerPath = (model: ModelFiles) =>
  model.deciding.find((path) => path.endsWith('tokenizer.json')) ?? '';

/** The first number of the first text's vector, from a run that all others must equal. */
function checkVectors(rows: number, cols = 384) {
  return (found: { data: Float32Array; rows: number; cols: number }) => {
    if (found.rows !== rows || found.cols !== cols) throw new Error(`${found.rows} × ${found.cols} vectors`);
    for (let row = 0; row < rows; row += 97) {
      const vector = found.data.subarray(row * cols, (row + 1) * cols);
      const length = vector.reduce((sum, value) => sum + value * value, 0);
      if (Math.abs(length - 1) > 1e-4) throw new Error(`row ${row} has length ${Math.sqrt(length)}`);
    }
  };
}

function ours(rows: number, extra: Partial<FunctionCase>, dtype: 'auto' | 'int8' = 'auto'): FunctionCase {
  return {
    kind: 'function',
    name: dtype === 'int8' ? 'embed/minilm int8 per token' : 'embed/minilm int8',
    size: { rows },
    runs: 2,
    ...extra,
    async open() {
      const texts = await newsTexts(rows);
      const model = await openModel({ model: 'minilm', dtype, device: 'cpu', threads, cache: false });
      await model.embed(texts.slice(0, 64));
      return {
        run: async () => (await model.embed(texts)).vectors,
        check: checkVectors(rows),
        close: () => model.close(),
        peers: extra.slow ? await pythonPeers(texts, dtype === 'int8' ? 2 : 1.1) : [],
      };
    },
  };
}

/** Python's ONNX Runtime on the same files, its batches sorted by length. */
async function pythonPeers(texts: string[], atLeast: number): Promise<PeerJob[]> {
  const model = await obtainModel('minilm', { dtype: 'auto' });
  const file = join(await mkdtemp(join(tmpdir(), 'denscape-bench-')), 'texts.json');
  await writeFile(file, JSON.stringify(texts));
  return [8, 16, 32].map((batch) => ({
    name: `onnxruntime (Python), sorted, ${batch} a batch`,
    job: 'embed',
    options: { texts: file, graph: model.graph, tokenizer: tokenizerPath(model), batch, threads },
    atLeast,
    runs: 2,
  }));
}

/** A model of BGE-M3's shape with random weights, in float32 and rebuilt in int8. */
function large(dtype: 'fp32' | 'int8', rows: number): FunctionCase {
  const { width, layers, inner } = BGE_M3_SHAPE;
  return {
    kind: 'function',
    name: `embed/bge-m3 shape ${dtype}`,
    size: { rows },
    runs: 2,
    slow: true,
    async open() {
      const folder = await randomModel('bge-m3 shape', BGE_M3_SHAPE, 'fp32');
      const model = await openModel({ model: folder, dtype, device: 'cpu', threads, cache: false });
      const texts = await newsTexts(rows);
      const tokenizer = openTokenizer(
        JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8')),
        {},
        8192,
      );
      const tokens = texts.reduce((sum, text) => sum + tokenizer.encode(text).ids.length, 0);
      await model.embed(texts.slice(0, 2));
      return {
        run: async () => (await model.embed(texts)).vectors,
        check: checkVectors(rows, width),
        close: () => model.close(),
        // Products with weights; attention adds a hundredth at these lengths.
        work: { flops: 2 * tokens * layers * (4 * width * width + 2 * width * inner), by: 'onnx' },
      };
    },
  };
}

/** The usual ways of embedding, with one session of all threads: rows in the order of the file, `batch` at a time. */
function inFileOrder(rows: number, batch: number): FunctionCase {
  return {
    kind: 'function',
    name: batch === 1 ? 'embed/one by one' : `embed/file order, ${batch} a batch`,
    size: { rows },
    runs: 2,
    slow: true,
    async open() {
      const model = await obtainModel('minilm', { dtype: 'auto' });
      const tokenizer = openTokenizer(JSON.parse(await readFile(tokenizerPath(model), 'utf8')), {}, 256);
      const spec = { file: model.graph, provider: 'cpu', threads, pooling: 'mean', padId: 0 } as const;
      const session = await hostSession(spec);
      const texts = await newsTexts(rows);
      const run = async () => {
        const data = new Float32Array(rows * 384);
        for (let from = 0; from < rows; from += batch) {
          const part = texts.slice(from, from + batch).map((text) => tokenizer.encode(text));
          data.set((await session.run(packBatch(part))).vectors, from * 384);
        }
        return { data, rows, cols: 384 };
      };
      return { run, check: checkVectors(rows), close: () => session.close() };
    },
  };
}

/** Peak memory, the session processes included. */
const peaks = new Map<number, number>();

function memory(rows: number): ProcessCase {
  return {
    kind: 'process',
    name: 'embed/memory',
    size: { rows },
    runs: 1,
    slow: true,
    command: () => ({
      file: fileURLToPath(new URL('../embed-memory.ts', import.meta.url)),
      args: [`${rows}`],
    }),
    check(printed) {
      const { peakMiB } = JSON.parse(printed) as { peakMiB: number };
      if (!(peakMiB > 0)) throw new Error(`printed ${printed}`);
      peaks.set(rows, peakMiB);
    },
    /** Ten times the rows may take a fifth more. */
    get atMost() {
      const few = peaks.get(2000);
      return rows === 2000 || few === undefined ? undefined : { peakMiB: Math.round(few * 1.2) };
    },
  };
}

export const cases: BenchCase[] = [
  ours(200, { quick: true }),
  ours(2000, { slow: true }),
  ours(2000, { slow: true }, 'int8'),
  large('fp32', 32),
  large('int8', 32),
  inFileOrder(2000, 1),
  inFileOrder(2000, 32),
  memory(2000),
  memory(20_000),
];
