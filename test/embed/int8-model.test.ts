import { copyFile, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheInfo, clearCache } from '../../src/embed/cache-info.js';
import { NotEncoder } from '../../src/embed/encoder-graph.js';
import { matchEncoder } from '../../src/embed/encoder-match.js';
import { embedTexts } from '../../src/embed/index.js';
import { writeInt8Encoder } from '../../src/embed/int8-graph.js';
import { saturates } from '../../src/embed/int8-saturation.js';
import { obtainModel } from '../../src/embed/model-files.js';
import { readParts } from '../../src/embed/onnx-parts.js';
import { openSession, type SessionSpec } from '../../src/embed/session.js';
import type { HostedSession } from '../../src/embed/session-host.js';
import { type EncoderShape, writeEncoder } from '../helpers/encoder-graph.js';
import { newsRows } from './embed-script.js';

const SHAPE: EncoderShape = {
  family: 'bert',
  width: 96,
  layers: 2,
  heads: 4,
  inner: 384,
  tokens: 500,
  positions: 130,
  pooling: 'mean',
};
const TINY = fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3', import.meta.url));

// Sessions run in this process: starting one for each of fifty took most of the time, and other tests are about that.
vi.mock(import('../../src/embed/session-host.js'), async (importOriginal) => {
  const original = await importOriginal();
  const hostSession = async (spec: SessionSpec): Promise<HostedSession> => {
    // Loading WebAssembly needs a process without the test runner's loader.
    if (spec.provider === 'wasm') return original.hostSession(spec);
    const session = await openSession(spec);
    return {
      share: session.share,
      run: async (batch) => ({ ...(await session.run(batch)), milliseconds: 1 }),
      close: () => session.release(),
      kill: () => void session.release(),
    };
  };
  return { ...original, hostSession };
});

let home: string;
let messages: string[];
/** The folder with MiniLM's files. */
let minilm: string;
beforeAll(async () => {
  minilm = (await obtainModel('minilm', { dtype: 'auto' })).folder;
  home = await mkdtemp(join(tmpdir(), 'denscape-int8-test-'));
  vi.stubEnv('DENSCAPE_CACHE', join(home, 'cache'));
});
beforeEach(() => {
  messages = [];
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

const texts = newsRows(0, 12);
const embed = (model: string, options: Parameters<typeof embedTexts>[1] = {}, rows = texts) =>
  embedTexts(rows, {
    model,
    device: 'cpu',
    threads: 1,
    cache: false,
    onProgress: ({ message }) => {
      // Some of the texts are longer than the models here read, which is said as well.
      if (message && !message.includes('that the model reads')) messages.push(message);
    },
    ...options,
  });

async function made(name: string, shape: Partial<EncoderShape>, dtype: 'fp32' | 'fp16'): Promise<string> {
  const folder = join(home, name);
  await writeEncoder(folder, { ...SHAPE, ...shape }, dtype);
  return folder;
}

/** Smallest cosine between rows of one place. */
function leastCosine(a: Float32Array, b: Float32Array, cols: number): number {
  let least = 1;
  for (let start = 0; start < a.length; start += cols) {
    let product = 0;
    for (let at = start; at < start + cols; at++) product += a[at] * b[at];
    least = Math.min(least, product);
  }
  return least;
}

describe.each([
  ['BERT in float32', { family: 'bert' }, 'fp32'],
  ['BERT in float32, normalizations in parts', { family: 'bert', isDecomposed: true }, 'fp32'],
  ['XLM-RoBERTa in float32', { family: 'roberta', pooling: 'cls' }, 'fp32'],
  ['XLM-RoBERTa in float16', { family: 'roberta', pooling: 'cls' }, 'fp16'],
] as const)('an encoder of the kind of %s', (name, shape, dtype) => {
  it('is rebuilt in int8 once, with nearly its vectors and a quarter of its bytes', async () => {
    const model = await made(name, shape, dtype);
    const original = await embed(model, { dtype });
    const int8 = await embed(model, { dtype: 'int8' });
    expect(messages).toEqual(['Rebuilding the model in int8, once']);
    expect(int8.model.dtype).toBe('int8');
    expect(leastCosine(original.vectors.data, int8.vectors.data, 96)).toBeGreaterThan(0.995);
    messages = [];
    expect((await embed(model, { dtype: 'int8' })).vectors).toEqual(int8.vectors);
    expect(messages).toEqual([]);
    const { models } = await cacheInfo();
    const entry = models.find(({ id, revision }) => id === model && revision === 'int8');
    const weights = join(model, 'onnx', dtype === 'fp16' ? 'model_fp16.onnx_data' : 'model.onnx_data');
    const { size } = await stat(weights);
    expect(entry?.bytes).toBeLessThan(size * (dtype === 'fp16' ? 0.62 : 0.31));
  });

  it('gives a text the same bits alone, in any batch and in any order', async () => {
    const model = join(home, name);
    const all = (await embed(model, { dtype: 'int8', batchTokens: 4000 })).vectors;
    for (const batchTokens of [1, 60, 300]) {
      expect((await embed(model, { dtype: 'int8', batchTokens })).vectors).toEqual(all);
    }
    const shuffled = texts.map((_, row) => (row * 5) % texts.length);
    const other = await embed(
      model,
      { dtype: 'int8' },
      shuffled.map((row) => texts[row]),
    );
    shuffled.forEach((row, place) => {
      expect(other.vectors.data.slice(place * 96, place * 96 + 96)).toEqual(
        all.data.slice(row * 96, row * 96 + 96),
      );
    });
  });
});

it.each(['per-tensor', 'per-channel'])(
  'ONNX Runtime’s dynamic quantization, %s, is rebuilt so that a batch doesn’t matter any more',
  async (kind) => {
    const model = await made(kind, { family: 'roberta', width: 32, inner: 128, pooling: 'cls' }, 'fp32');
    await rm(join(model, 'onnx'), { recursive: true });
    const file = fileURLToPath(new URL(`../fixtures/embed/dynamic-int8/${kind}.onnx`, import.meta.url));
    await mkdir(join(model, 'onnx'));
    await copyFile(file, join(model, 'onnx', 'model_int8.onnx'));
    const original = await embed(model, { dtype: 'auto' });
    const all = (await embed(model, { dtype: 'int8' })).vectors;
    expect(messages.at(-1)).toBe('Rebuilding the model in int8, once');
    expect(leastCosine(original.vectors.data, all.data, 32)).toBeGreaterThan(0.99);
    for (const batchTokens of [1, 300]) {
      expect((await embed(model, { dtype: 'int8', batchTokens })).vectors).toEqual(all);
    }
  },
);

it('unsigned weights, for processors whose signed products overflow, give the same bits', async () => {
  const model = await made('unsigned', { layers: 1 }, 'fp32');
  const graph = join(model, 'onnx', 'model.onnx');
  const encoder = matchEncoder(await readParts(graph));
  const vectors: Float32Array[] = [];
  const batch = { ids: Int32Array.from({ length: 30 }, (_, at) => 5 + at), lengths: Int32Array.of(12, 18) };
  for (const isUnsigned of [false, true]) {
    const path = join(home, `weights-${isUnsigned}.onnx`);
    await writeInt8Encoder(graph, encoder, path, { heads: 4, padId: 1, isUnsigned });
    const session = await openSession({ file: path, provider: 'cpu', threads: 1, pooling: 'mean', padId: 0 });
    vectors.push((await session.run(batch)).vectors);
    await session.release();
  }
  expect(await readFile(join(home, 'weights-false.onnx_data'))).not.toEqual(
    await readFile(join(home, 'weights-true.onnx_data')),
  );
  // Only where they don't overflow can both be run.
  if (!(await saturates())) expect(vectors[0]).toEqual(vectors[1]);
});

it('MiniLM’s vectors move by less than 3 % of their length, and nearly all nearest texts stay the same', async () => {
  const rows = newsRows(100, 60);
  const options = { pooling: 'mean', maxTokens: 128 } as const;
  const { data: exact } = (await embed(minilm, { ...options, dtype: 'auto' }, rows)).vectors;
  const { data: int8 } = (await embed(minilm, { ...options, dtype: 'int8' }, rows)).vectors;
  const squares = exact.reduce((sum, value, at) => sum + (value - int8[at]) ** 2, 0);
  // One scale per token alone gave 0.06; without the remainder of values, or without columns in parts, it is over 0.03.
  expect(Math.sqrt(squares / rows.length)).toBeLessThan(0.03);
  const nearest = (vectors: Float32Array) =>
    rows.map((_, row) => {
      const cosines = rows.map((_, other) => {
        const [one, two] = [row, other].map((at) => vectors.subarray(at * 384, (at + 1) * 384));
        return other === row ? -1 : one.reduce((sum, value, at) => sum + value * two[at], 0);
      });
      return Array.from(cosines.keys())
        .sort((a, b) => cosines[b] - cosines[a])
        .slice(0, 10);
    });
  const found = nearest(int8);
  const kept = nearest(exact).flatMap((ten, row) => ten.filter((one) => found[row].includes(one)));
  expect(kept.length / (rows.length * 10)).toBeGreaterThan(0.97);
});

it('a graph of another kind runs as it is, and why is said', async () => {
  const options = { pooling: 'cls', dtype: 'int8' } as const;
  const { model } = await embed(TINY, options);
  expect(model.dtype).toBe('int8');
  expect(messages).toEqual(['int8: the file of the model runs as it is, since a product has no bias']);
});

it('a graph that looks like an encoder and gives other vectors is not rebuilt', async () => {
  const model = await made('sharp', { isSharp: true }, 'fp32');
  await expect(embed(model, { dtype: 'int8' })).rejects.toThrow(/no int8 file/);
  expect(messages.at(-1)).toMatch(/since its vectors came out different \(cosine 0\.\d+\)/);
  // Found out once.
  messages = [];
  await expect(embed(model, { dtype: 'int8' })).rejects.toThrow(/no int8 file/);
  expect(messages).toHaveLength(1);
});

it('in WebAssembly and on a graphics card the file of the model runs as it is, which is said', async () => {
  await embed(TINY, { pooling: 'cls', dtype: 'int8', runtime: 'wasm' });
  expect(messages.join()).toContain('need the native ONNX Runtime');
});

it('rebuilt models are cleared with the models', async () => {
  await clearCache({ kind: 'models' });
  expect((await cacheInfo()).models).toEqual([]);
});

describe('what is no encoder', () => {
  let graph: string;
  beforeAll(async () => {
    graph = join(await made('changed', {}, 'fp32'), 'onnx', 'model.onnx');
  });

  it.each([
    ['MiniLM’s shape without its last layer’s normalization', (parts: Parts) => parts.nodes.pop()],
    [
      'a layer with another activation',
      (parts: Parts) => {
        for (const node of parts.nodes) if (node.operator === 'Erf') node.operator = 'Tanh';
      },
    ],
    [
      'a residual that is left out',
      (parts: Parts) => {
        const sum = parts.nodes.filter(({ operator }) => operator === 'Add').at(-1);
        if (sum) sum.inputs[1] = sum.inputs[0];
      },
    ],
    ['a graph without nodes', (parts: Parts) => parts.nodes.splice(0)],
  ])('%s is refused', async (_, change) => {
    const parts = await readParts(graph);
    expect(matchEncoder(parts).layers).toHaveLength(2);
    change(parts);
    expect(() => matchEncoder(parts)).toThrow(NotEncoder);
  });
});
type Parts = Awaited<ReturnType<typeof readParts>>;
