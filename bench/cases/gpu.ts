import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'csv-stringify/sync';
import { embedTexts } from '../../src/embed/index.js';
import type { Embedding } from '../../src/embed/options.js';
import { BGE_M3_SHAPE, type EncoderShape, MINILM_SHAPE } from '../../test/helpers/encoder-graph.js';
import { type Card, withoutCard } from '../card.js';
import type { BenchCase, FunctionCase, PeerJob } from '../case.js';
import { runProcess } from '../process.js';
import { isSmall, randomModel } from '../random-model.js';
import { newsTexts } from './embed.js';

/*
 * npm run bench -- --filter gpu --peers: a whole check of a graphics card in one command, under four minutes on an H200. Runs are
 * timed from opening the model to its last vector. Models have their real shapes and random weights, so nothing is downloaded.
 * DENSCAPE_PYTHON names a Python with torch and sentence-transformers, for the peer. DENSCAPE_GPU_SMALL=1 shrinks everything, to
 * try the script on a software driver.
 */

/** sentence-transformers with a model of the same shape, in float16, its batches of 256. */
async function peerOf(texts: string[], shape: EncoderShape, tokenizer: string): Promise<PeerJob> {
  const file = join(await mkdtemp(join(tmpdir(), 'denscape-bench-')), 'texts.json');
  await writeFile(file, JSON.stringify(texts));
  const { width, layers, heads, inner, tokens, positions } = shape;
  return {
    name: 'sentence-transformers (Python), float16, 256 a batch',
    job: 'embed-gpu',
    options: { texts: file, tokenizer, width, layers, heads, inner, tokens, positions, batch: 256 },
    atLeast: 2,
    runs: 1,
  };
}

interface GpuCase {
  name: string;
  device: Card;
  shape: EncoderShape;
  dtype: 'fp32' | 'fp16';
  rows: number;
  /** First lines only, 10 to 20 tokens. */
  isShort?: boolean;
  hasPeer?: boolean;
}

function embedding({ name, device, shape, dtype, rows, isShort, hasPeer }: GpuCase): FunctionCase {
  const count = isSmall ? Math.min(rows, 64) : rows;
  return {
    kind: 'function',
    name: `gpu/${device} ${name} ${dtype === 'fp16' ? 'float16' : 'float32'}`,
    size: { rows: count },
    slow: true,
    once: true,
    unavailable: withoutCard(device),
    async open() {
      const texts = await (isShort ? titles : newsTexts)(count);
      const folder = await randomModel(name, shape, dtype);
      let result: Embedding | undefined;
      return {
        run: async () => {
          result = await embedTexts(texts, { model: folder, device, dtype, cache: false });
          return result;
        },
        check({ vectors, provider }: Embedding) {
          if (provider !== device || vectors.rows !== count || vectors.cols !== shape.width) {
            throw new Error(`${vectors.rows} × ${vectors.cols} vectors from ${provider}`);
          }
        },
        found: () => ({ 'texts a second': Math.round(result?.rowsPerSecond ?? 0) }),
        peers: hasPeer ? [await peerOf(texts, shape, join(folder, 'tokenizer.json'))] : [],
      };
    },
  };
}

/** First lines, 10 to 20 tokens, none of them twice. */
const titles = async (count: number): Promise<string[]> =>
  (await newsTexts(count)).map((text, row) => `${text.split('\n')[0]} ${row}`);

const CLI = fileURLToPath(new URL('../../build/cli/main.js', import.meta.url));

/** A CSV to a map with everything on the card that can be there: embedding and neighbours. */
function command(device: Card, rows: number): FunctionCase {
  const count = isSmall ? Math.min(rows, 300) : rows;
  return {
    kind: 'function',
    name: `gpu/${device} whole command, minilm shape float16`,
    size: { rows: count },
    slow: true,
    once: true,
    unavailable: withoutCard(device),
    async open() {
      const place = await mkdtemp(join(tmpdir(), 'denscape-bench-'));
      const [table, out] = [join(place, 'rows.csv'), join(place, 'out')];
      await writeFile(table, stringify([['text'], ...(await titles(count)).map((text) => [text])]));
      const folder = await randomModel('minilm shape', MINILM_SHAPE, 'fp16');
      const args = [
        'cluster',
        table,
        '--model',
        folder,
        '--device',
        device,
        '--no-cache',
        '--timings',
        '--out',
        out,
      ];
      await runProcess(CLI, ['--version']); // what the first process waits for doesn't count
      let found: Record<string, unknown> = {};
      return {
        run: () => runProcess(CLI, args),
        async check() {
          const { run, timings } = JSON.parse(await readFile(join(out, 'clusters.json'), 'utf8'));
          if (run.rows !== count) throw new Error(`${run.rows} rows were clustered, not ${count}`);
          const seconds = Object.fromEntries(
            timings.map((cost: { stage: string; seconds: number }) => [
              cost.stage,
              Math.round(cost.seconds * 10) / 10,
            ]),
          );
          found = { engine: run.parameters.engine, ...seconds };
        },
        found: () => found,
        close: () => rm(place, { recursive: true }),
      };
    },
  };
}

const bge = { name: 'bge-m3 shape', shape: BGE_M3_SHAPE, dtype: 'fp16' } as const;
const minilm = { name: 'minilm shape', shape: MINILM_SHAPE, rows: 100_000, isShort: true } as const;

export const cases: BenchCase[] = [
  embedding({ ...bge, device: 'cuda', rows: 30_400, hasPeer: true }),
  embedding({ ...bge, device: 'cuda', rows: 100_000, isShort: true }),
  embedding({ ...minilm, device: 'cuda', dtype: 'fp32' }),
  embedding({ ...minilm, device: 'cuda', dtype: 'fp16' }),
  embedding({ ...bge, device: 'webgpu', rows: 2000 }),
  embedding({ ...minilm, device: 'webgpu', dtype: 'fp32', rows: 2000 }),
  command('cuda', 50_000),
];
