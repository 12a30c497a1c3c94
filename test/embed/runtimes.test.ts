import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type EngineFiles, openEngine } from '../../src/embed/engine.js';
import { type EmbedOptions, embedTexts, openModel } from '../../src/embed/index.js';
import type { EmbedSettings } from '../../src/embed/options.js';
import { hostSession } from '../../src/embed/session-host.js';
import type { TextTokenizer } from '../../src/embed/tokenizer.js';
import { UserError } from '../../src/errors.js';
import type { Progress } from '../../src/progress.js';
import { findNative } from '../../src/runtime/native.js';
import type { Matrix } from '../../src/shapes.js';
import { testFolder } from '../helpers/folder.js';
import { newsRows } from './embed-script.js';

/** Whether the native runtime is installed, for what is opened next. */
let isNativeThere: boolean;
beforeEach(() => {
  isNativeThere = true;
});
vi.mock(import('../../src/runtime/native.js'), async (importOriginal) => {
  const original = await importOriginal();
  return { ...original, findNative: () => (isNativeThere ? original.findNative() : undefined) };
});

const folder = testFolder();
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/embed/${name}`, import.meta.url));
const texts = (JSON.parse(readFileSync(fixture('golden.json'), 'utf8')) as { texts: string[] }).texts;
const minilm: EmbedOptions = { model: 'minilm', cache: false };
const tiny: EmbedOptions = { model: fixture('tiny-bge-m3'), pooling: 'cls', cache: false };

/** The smallest cosine between rows of the same number; rows have unit length. */
function smallestCosine(a: Matrix, b: Matrix): number {
  expect([a.rows, a.cols]).toEqual([b.rows, b.cols]);
  let smallest = 1;
  for (let row = 0; row < a.rows; row++) {
    let product = 0;
    for (let col = 0; col < a.cols; col++) {
      product += a.data[row * a.cols + col] * b.data[row * b.cols + col];
    }
    smallest = Math.min(smallest, product);
  }
  return smallest;
}

describe('both runtimes give the same vectors', () => {
  test.each<[string, EmbedOptions]>([
    ['MiniLM, mean', minilm],
    ['BGE-M3’s shape, cls, weights in another file', { ...tiny, dtype: 'fp32' }],
    ['BGE-M3’s shape, mean', { ...tiny, pooling: 'mean' }],
    ['BGE-M3’s shape, max', { ...tiny, pooling: 'max' }],
    ['BGE-M3’s shape, last', { ...tiny, pooling: 'last' }],
    ['BGE-M3’s shape, fp16', { ...tiny, dtype: 'fp16' }],
    ['BGE-M3’s shape, int8 with a scale for the whole batch', { ...tiny, dtype: 'int8' }],
  ])('%s: a cosine of at least 0.9999', async (_, options) => {
    const rows = texts.slice(0, 16);
    const native = await embedTexts(rows, { ...options, runtime: 'native', device: 'cpu' });
    const wasm = await embedTexts(rows, { ...options, runtime: 'wasm' });
    expect([native.provider, wasm.provider]).toEqual(['cpu', 'wasm']);
    expect(smallestCosine(native.vectors, wasm.vectors)).toBeGreaterThan(0.9999);
  });
});

describe('WebAssembly', () => {
  test.each<[string, EmbedOptions]>([
    ['BGE-M3’s shape in fp32', { ...tiny, dtype: 'fp32' }],
    ['BGE-M3’s shape in int8', { ...tiny, dtype: 'int8' }],
  ])('%s: equal bytes in any batch and in several processes', async (_, options) => {
    const rows = texts.slice(0, 12);
    const bytesOf = async (order: string[], more: EmbedOptions) => {
      const { vectors } = await embedTexts(order, { ...options, ...more, runtime: 'wasm' });
      const bytes = Buffer.from(vectors.data.buffer, vectors.data.byteOffset, vectors.data.byteLength);
      return order.map((_text, row) =>
        bytes.subarray(row * vectors.cols * 4, (row + 1) * vectors.cols * 4).toString('base64'),
      );
    };
    const alone = await bytesOf(rows, { batchTokens: 1, threads: 1 });
    expect(
      (await bytesOf(rows, { batchTokens: 4 * 30, threads: 2 })).every((row, at) => row === alone[at]),
    ).toBe(true);
    const turned = await bytesOf([...rows].reverse(), { batchTokens: 12 * 60, threads: 1 });
    expect([...turned].reverse().every((row, at) => row === alone[at])).toBe(true);
  });

  test('a session with several threads gives the vectors of one thread', async () => {
    const batch = { ids: Int32Array.from({ length: 64 }, (_, at) => 5 + at), lengths: Int32Array.of(40, 24) };
    const found: Float32Array[] = [];
    for (const threads of [1, 2]) {
      const file = fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3/onnx/model.onnx', import.meta.url));
      const session = await hostSession({ file, provider: 'wasm', threads, pooling: 'cls', padId: 1 });
      found.push((await session.run(batch)).vectors);
      await session.close();
    }
    expect(found[0].length).toBe(2 * 1024);
    expect(found[1]).toEqual(found[0]);
  });

  test('an abort in the middle ends the run with its reason', async () => {
    const stop = new AbortController();
    const running = embedTexts(newsRows(0, 400), {
      ...tiny,
      runtime: 'wasm',
      threads: 1,
      batchTokens: 256,
      signal: stop.signal,
      onProgress: ({ stage, done }) => {
        if (stage === 'embed' && done) stop.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
  });
});

test('what made the vectors is said, of cached ones as well, and how many threads computed', async () => {
  const cache = folder.path;
  const embed = async (rows: string[], options: EmbedOptions) => {
    const { engines, threads, computed } = await embedTexts(rows, { ...tiny, cache, threads: 1, ...options });
    return { engines, threads, computed };
  };
  const [wasm, native] = ['ONNX Runtime in WebAssembly', 'native ONNX Runtime on cpu'];
  expect(await embed(['a'], { runtime: 'wasm' })).toEqual({ engines: [wasm], threads: 1, computed: 1 });
  expect(await embed(['a', 'b'], { device: 'cpu' })).toEqual({
    engines: [wasm, native],
    threads: 1,
    computed: 1,
  });
  expect(await embed(['b', 'a'], {})).toEqual({ engines: [wasm, native], threads: undefined, computed: 0 });
  expect(await embed(['b'], {})).toEqual({ engines: [native], threads: undefined, computed: 0 });
});

describe('which runtime', () => {
  const run = async (options: EmbedOptions) => {
    const messages: string[] = [];
    const onProgress = ({ message }: Progress) => void (message && messages.push(message));
    const { provider } = await embedTexts(['Rain'], { ...tiny, ...options, onProgress });
    return { provider, messages };
  };

  test('the native one where it is installed, and nothing is said', async () => {
    expect(await run({ device: 'cpu' })).toEqual({ provider: 'cpu', messages: [] });
  });

  test('WebAssembly where it is not, for the devices auto and cpu', async () => {
    isNativeThere = false;
    expect(await run({})).toEqual({ provider: 'wasm', messages: [] });
    expect(await run({ device: 'cpu' })).toEqual({ provider: 'wasm', messages: [] });
  });

  test('WebAssembly after a graphics device that needs the native one, and that is said', async () => {
    isNativeThere = false;
    const { provider, messages } = await run({ device: ['webgpu', 'cpu'] });
    expect(provider).toBe('wasm');
    expect(messages).toEqual([
      'Embedding on wasm; not on webgpu (it needs the native ONNX Runtime, which is not installed: `denscape runtime install` fetches it)',
    ]);
  });

  test('a native one that is requested and missing is the caller’s to install', async () => {
    isNativeThere = false;
    const opening = openModel({ ...tiny, runtime: 'native' });
    await expect(opening).rejects.toThrow(UserError);
    await expect(opening).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('`denscape runtime install`'),
    });
  });

  test('weights beyond the memory of WebAssembly need the native one, and are left to it', () => {
    const files = {
      file: 'model.onnx',
      bytes: 3.6e9,
      spec: { pooling: 'cls', padId: 0 },
      isQuantized: false,
    };
    const open = (native: boolean) =>
      openEngine(files as EngineFiles, {} as TextTokenizer, { device: 'cpu' } as EmbedSettings, {
        native,
        wasm: true,
      });
    expect(() => open(false)).toThrow(
      /^model\.onnx: 3\.6 GB of weights need the native ONNX Runtime, .*at most 3\.5 GB; `denscape runtime install`/,
    );
    expect(open(true).provider()).toBeUndefined();
  });

  test('WebAssembly and a graphics device exclude each other', async () => {
    await expect(openModel({ ...tiny, runtime: 'wasm', device: 'webgpu' })).rejects.toThrow(
      "runtime can't be wasm with a `device` other than auto and cpu",
    );
  });

  test('a long run in WebAssembly says once that there is a faster one', async () => {
    isNativeThere = false;
    const long = newsRows(0, 4).map((text) => text.repeat(600));
    const hints: string[] = [];
    for (let time = 0; time < 2; time++) {
      await embedTexts(long, {
        ...tiny,
        maxTokens: 16,
        onProgress: ({ message }) => void (message?.includes('three to four times') && hints.push(message)),
      });
    }
    expect(hints).toHaveLength(1);
    expect(hints[0]).toContain('`denscape runtime install`');
  });
});

test('progress tells the share of the work, and long texts come first', async () => {
  const rows = newsRows(0, 40).map((text, row) => (row % 4 === 0 ? text.repeat(3) : text.slice(0, 20 + row)));
  const reports: Progress[] = [];
  await embedTexts(rows, {
    ...tiny,
    device: 'cpu',
    threads: 1,
    batchTokens: 512,
    onProgress: (report) =>
      void (report.stage === 'embed' && report.done !== undefined && reports.push(report)),
  });
  const shares = reports.map(({ share }) => share ?? Number.NaN);
  expect(shares.at(-1)).toBeCloseTo(1, 10);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  const [{ done = 0, total = 1, share = 0 }] = reports;
  expect(share).toBeGreaterThan((2 * done) / total);
});

test('the tests have the native runtime from the package', () => {
  expect(findNative()).toMatchObject({ from: 'package', version: '1.30.0' });
});
