import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbedOptions, embedTexts, openModel } from '../../src/embed/index.js';
import { UserError } from '../../src/errors.js';
import type { Progress } from '../../src/progress.js';
import type { Matrix } from '../../src/shapes.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/embed/${name}`, import.meta.url));
const TINY = fixture('tiny-bge-m3');

let texts: string[];
let vectors: string;
beforeAll(async () => {
  texts = JSON.parse(await readFile(fixture('golden.json'), 'utf8')).texts;
  vectors = await mkdtemp(join(tmpdir(), 'denscape-embed-'));
});
afterAll(() => rm(vectors, { recursive: true, force: true }));

async function golden(name: string, cols: number): Promise<Matrix> {
  const { buffer, byteOffset, byteLength } = await readFile(fixture(name));
  const data = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  return { data, rows: data.length / cols, cols };
}
const rowOf = ({ data, cols }: Matrix, row: number) => data.subarray(row * cols, (row + 1) * cols);
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * b[at], 0);
const minilm: EmbedOptions = { model: 'minilm', device: 'cpu', cache: false };
const tiny: EmbedOptions = { model: TINY, pooling: 'cls', device: 'cpu', cache: false };

describe('vectors equal those of Python’s onnxruntime', () => {
  it('for MiniLM int8, at unit length', async () => {
    const expected = await golden('minilm.f32', 384);
    const { vectors: found, model, provider } = await embedTexts(texts, minilm);
    expect(found).toMatchObject({ rows: texts.length, cols: 384 });
    expect(model).toMatchObject({ dtype: 'int8', dimensions: 384, pooling: 'mean', maxTokens: 256 });
    expect(provider).toBe('cpu');
    for (let row = 0; row < texts.length; row++) {
      expect(cosine(rowOf(found, row), rowOf(expected, row))).toBeGreaterThan(0.9999);
      expect(cosine(rowOf(found, row), rowOf(found, row))).toBeCloseTo(1, 5);
    }
  });

  const chosen = () => texts.filter((_, index) => index % 4 === 0);
  it.each([
    ['fp32', 13],
    ['fp16', 4],
    ['int8', 4],
  ] as const)(
    'for a model of BGE-M3’s shape in %s, first token, weights next to the graph',
    async (dtype, rows) => {
      const expected = await golden(`tiny-${dtype}.f32`, 1024);
      const { vectors: found, model } = await embedTexts(chosen().slice(0, rows), { ...tiny, dtype });
      expect(model).toMatchObject({ dtype, dimensions: 1024, pooling: 'cls', maxTokens: 8192 });
      expect(expected.rows).toBe(rows);
      for (let row = 0; row < rows; row++) {
        expect(cosine(rowOf(found, row), rowOf(expected, row))).toBeGreaterThan(0.9999);
      }
    },
  );
});

describe('a row’s vector does not depend on its batch', () => {
  // Python's dynamic quantization scales a whole batch at once; such a model runs row by row.
  it.each([
    ['MiniLM int8', minilm],
    ['BGE-M3’s shape in fp32', { ...tiny, dtype: 'fp32' }],
    ['BGE-M3’s shape in fp16', { ...tiny, dtype: 'fp16' }],
    ['BGE-M3’s shape in int8', { ...tiny, dtype: 'int8' }],
  ] as [string, EmbedOptions][])(
    '%s: equal bytes alone, in batches of about 8 and 32, and shuffled',
    async (_, options) => {
      const rows = texts.slice(0, 40);
      const one = await embedTexts(rows, { ...options, batchTokens: 1, threads: 1 });
      const eight = await embedTexts(rows, { ...options, batchTokens: 8 * 30, threads: 2 });
      const many = await embedTexts(rows, { ...options, batchTokens: 32 * 60, threads: 1 });
      const order = rows.map((_text, row) => (row * 17) % rows.length);
      const shuffled = await embedTexts(
        order.map((row) => rows[row]),
        { ...options, batchTokens: 32 * 60, threads: 2 },
      );
      for (let row = 0; row < rows.length; row++) {
        const alone = rowOf(one.vectors, row);
        expect(rowOf(eight.vectors, row)).toEqual(alone);
        expect(rowOf(many.vectors, row)).toEqual(alone);
        expect(rowOf(shuffled.vectors, order.indexOf(row))).toEqual(alone);
      }
    },
  );
});

describe('texts', () => {
  it('that are equal are embedded once and counted as rows', async () => {
    const said: Progress[] = [];
    const result = await embedTexts(['a b', 'c', 'a b', 'a b'], { ...tiny, onProgress: (p) => said.push(p) });
    expect(result).toMatchObject({ computed: 2, cached: 0 });
    expect(rowOf(result.vectors, 0)).toEqual(rowOf(result.vectors, 3));
    expect(said.at(-1)).toMatchObject({ stage: 'embed', done: 4, total: 4, unit: 'rows' });
  });

  it('over the limit are truncated and counted, cached or not', async () => {
    const long = 'oil '.repeat(9000);
    const options = { ...tiny, cache: join(vectors, 'truncated') };
    const first = await embedTexts([long, 'short', long], options);
    expect(first).toMatchObject({ truncated: 2, computed: 2 });
    expect(first.vectors.data.every(Number.isFinite)).toBe(true);
    expect(await embedTexts([long, 'short', long], options)).toMatchObject({ truncated: 2, cached: 2 });
    const shorter = await embedTexts(['one two three four'], { ...tiny, maxTokens: 5 });
    expect(shorter).toMatchObject({ truncated: 1, model: { maxTokens: 5 } });
  });

  it('none at all give no rows', async () => {
    const { vectors: none, provider } = await embedTexts([], { ...minilm });
    expect(none).toMatchObject({ rows: 0, cols: 384 });
    expect(provider).toBe('none');
  });
});

describe('the vector cache', () => {
  it('gives the same bytes back, and fifty edited rows cost fifty', async () => {
    const options = { ...tiny, cache: join(vectors, 'edited') };
    const rows = Array.from({ length: 200 }, (_, row) => `row ${row} of the news`);
    const first = await embedTexts(rows, options);
    expect(first).toMatchObject({ computed: 200, cached: 0 });
    const again = await embedTexts(rows, options);
    expect(again).toMatchObject({ computed: 0, cached: 200, provider: 'none', rowsPerSecond: 0 });
    expect(again.vectors).toEqual(first.vectors);
    const edited = rows.map((text, row) => (row < 50 ? `${text}, edited` : text));
    expect(await embedTexts(edited, options)).toMatchObject({ computed: 50, cached: 150 });
  });

  it('keeps dtypes, prefixes and token limits apart', async () => {
    const cache = join(vectors, 'apart');
    const variants: EmbedOptions[] = [
      {},
      { dtype: 'fp16' },
      { prefix: 'query: ' },
      { maxTokens: 16 },
      { pooling: 'mean' },
    ];
    for (const variant of variants) {
      expect(await embedTexts(['x'], { ...tiny, cache, ...variant })).toMatchObject({ computed: 1 });
    }
    expect(await embedTexts(['x'], { ...tiny, cache })).toMatchObject({ cached: 1 });
  });
});

it('a model that stays open embeds in pieces under one fingerprint', async () => {
  const model = await openModel(tiny);
  try {
    const whole = await model.embed(['a', 'b', 'c']);
    const piece = await model.embed(['b']);
    expect(rowOf(piece.vectors, 0)).toEqual(rowOf(whole.vectors, 1));
    expect(model.dimensions).toBe(1024);
    const again = await openModel(tiny);
    expect(again.fingerprint).toBe(model.fingerprint);
    expect((await openModel({ ...tiny, dtype: 'fp16' })).fingerprint).not.toBe(model.fingerprint);
  } finally {
    await model.close();
    await model.close();
  }
});

describe('stopping', () => {
  it('rejects within a second with the signal’s reason', async () => {
    const stop = new AbortController();
    const rows = Array.from({ length: 3000 }, (_, row) => `${texts[row % texts.length]} ${row}`);
    const running = embedTexts(rows, {
      ...minilm,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done) stop.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
  });

  it('before the start does no work', async () => {
    await expect(embedTexts(['a'], { ...tiny, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe('a mistake is one clear line', () => {
  it.each([
    [{ device: 'gpu' as 'cpu' }, /^UserError: device must be one or several of auto, cpu, .*; got "gpu"$/],
    [{ device: [] }, /^UserError: device must be one or several of auto, cpu, .*; got \[\]$/],
    [{ dtype: 'fp8' as 'fp16' }, /^UserError: dtype must be one of auto, fp32, fp16, int8; got "fp8"$/],
    [{ threads: 0 }, /^UserError: threads must be a whole number from 1 to 1024; got 0$/],
    [{ maxTokens: 100_000 }, /maxTokens is 100000.*from 3 to 8192/],
    [
      { pooling: 'sum' as 'mean' },
      /^UserError: pooling must be one of cls, mean, max, last, none; got "sum"$/,
    ],
    [{ pooling: undefined }, /no 1_Pooling\/config\.json.*--pooling/],
    [{ pooling: 'none' as const }, /no output with one vector a text/],
  ])('%j', async (wrong, message) => {
    const error = await embedTexts(['a'], { ...tiny, ...wrong }).catch((caught: Error) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(message);
  });

  it('a named device that can’t run is an error, not a fallback', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml';
    await expect(embedTexts(['a'], { ...tiny, device: absent })).rejects.toThrow(
      new RegExp(`does not run on ${absent} .*denscape doctor`),
    );
  });

  it('a list falls back to its next device and says so', async () => {
    const absent = process.platform === 'win32' ? 'coreml' : 'dml';
    const said: Progress[] = [];
    const options = { ...tiny, device: [absent, 'cpu'] as EmbedOptions['device'] };
    const { provider } = await embedTexts(['a'], {
      ...options,
      onProgress: (progress) => said.push(progress),
    });
    expect(provider).toBe('cpu');
    expect(said).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining(`not on ${absent}`) }),
    );
  });
});
