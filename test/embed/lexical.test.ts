import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { floatToHalf } from '../../src/binary/halves.js';
import { embedTexts } from '../../src/embed/index.js';
import { lexicalRows } from '../../src/embed/lexical.js';
import type { EmbedOptions } from '../../src/embed/options.js';
import { chooseOutput, isLexical } from '../../src/embed/outputs.js';
import { readSparseLayer } from '../../src/embed/sparse-layer.js';
import { countRows, segmentsOf } from '../../src/embed/vector-cache.js';
import type { SparseRows } from '../../src/shapes.js';
import { sparseRow } from '../../src/sparse-rows.js';
import { writeSparseModel } from '../helpers/sparse-model.js';
import { startHub } from './hub-server.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/embed/${name}`, import.meta.url));

let folder: string;
let model: string;
let texts: string[];
let options: EmbedOptions;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denscape-lexical-'));
  model = await writeSparseModel(join(folder, 'model'));
  texts = JSON.parse(await readFile(fixture('golden.json'), 'utf8')).texts;
  options = { model, device: 'cpu', threads: 1, cache: false, sparse: true };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Each row as `{ id: weight }`. */
const rowsOf = (sparse: SparseRows | undefined): Record<string, number>[] =>
  Array.from({ length: (sparse?.starts.length ?? 1) - 1 }, (_, row) => {
    const { ids, weights } = sparseRow(sparse as SparseRows, row);
    return Object.fromEntries(Array.from(ids, (id, at) => [id, weights[at]]));
  });

describe('weights of a batch', () => {
  const batch = { ids: Int32Array.of(0, 7, 9, 7, 2, 0, 5, 2), lengths: Int32Array.of(5, 3) };
  const dropped = [0, 1, 2, 3];
  // The second row is padded with tokens whose numbers don't count.
  const numbers = Float32Array.of(9, 0.5, 0.25, 0.75, 9, 9, 0, 9, 9, 9);
  const expected = [{ 7: 0.75, 9: 0.25 }, {}];

  it.each([
    ['rows × tokens × 1', [2, 5, 1]],
    ['rows × tokens', [2, 5]],
  ])('are the largest of each token, of an output of %s', (_, dims) => {
    expect(rowsOf(lexicalRows({ data: numbers, dims }, batch, { dropped }))).toEqual(expected);
    const halves = Uint16Array.from(numbers, floatToHalf);
    expect(rowsOf(lexicalRows({ data: halves, dims }, batch, { dropped }))).toEqual(expected);
  });

  it('are those above zero of an output with a number for each token of the vocabulary', () => {
    const data = Float32Array.of(5, 5, 5, 5, 0, 0, 0, 0.75, 0, 0.25, 5, 5, 5, 5, 0, 0, 0, 0, 0, 0);
    expect(rowsOf(lexicalRows({ data, dims: [2, 10] }, batch, { dropped }))).toEqual(expected);
  });

  it('of another shape are refused with it', () => {
    const data = new Float32Array(20);
    expect(() => lexicalRows({ data, dims: [2, 5, 2] }, batch, { dropped })).toThrow(
      /have the shape 2 × 5 × 2; one number a token is expected/,
    );
  });
});

it.each([
  [
    ['dense_vecs', 'sparse_vecs', 'colbert_vecs'],
    [2, 3, 3],
  ], // aapot/bge-m3-onnx, gpahal/bge-m3-onnx-int8
  [
    ['dense_embeddings', 'sparse_weights', 'colbert_vectors'],
    [2, 3, 3],
  ], // yuniko-software/bge-m3-onnx
  [
    ['dense', 'sparse', 'colbert'],
    [2, 2, 3],
  ], // newtechstudio/bge-m3-3head
  [
    ['sparse', 'colbert', 'dense'],
    [2, 3, 2],
  ],
])('of the outputs %s the sparse one and the dense one are found', (names, ranks) => {
  const outputs = names.map((name, at) => ({ name, rank: ranks[at], type: 1 }));
  expect(outputs.filter(isLexical)).toEqual([outputs.find(({ name }) => name.startsWith('sparse'))]);
  expect(chooseOutput(outputs, 'none')?.name).toMatch(/^dense/);
  expect(chooseOutput(outputs, 'cls')).toBeUndefined();
});

describe('a model of BGE-M3’s shape with its three outputs', () => {
  it.each(['native', 'wasm'] as const)('gives the weights and vectors of Python, %s', async (runtime) => {
    const { weights } = JSON.parse(await readFile(fixture('tiny-sparse.json'), 'utf8'));
    const { vectors, lexical, model: about } = await embedTexts(texts, { ...options, runtime });
    expect(about.pooling).toBe('none');
    const found = rowsOf(lexical);
    expect(found.map((row) => Object.keys(row))).toEqual(
      weights.map((row: Record<string, number>) => Object.keys(row)),
    );
    for (const [row, one] of found.entries())
      for (const [id, weight] of Object.entries(one)) expect(weight).toBeCloseTo(weights[row][id], 4);
    const bytes = await readFile(fixture('tiny-fp32.f32'));
    const dense = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    for (let row = 0; row < 13; row++) {
      let cosine = 0;
      for (let col = 0; col < 1024; col++)
        cosine += dense[row * 1024 + col] * vectors.data[row * 4 * 1024 + col];
      expect(cosine).toBeGreaterThan(0.9999);
    }
  });

  it('gives equal texts equal weights, and none where none are wanted', async () => {
    const { lexical } = await embedTexts([texts[0], texts[2], texts[0]], options);
    const [first, , third] = rowsOf(lexical);
    expect(Object.keys(first).length).toBe(11);
    expect(third).toEqual(first);
    expect((await embedTexts([texts[0]], { ...options, sparse: false })).lexical).toBeUndefined();
  });

  it('gives a text in pieces the largest weight of each token in any of them', async () => {
    const [one, two] = ['Oil prices rise.', 'The storm closed many ports in the gulf.'];
    const { lexical, averaged } = await embedTexts([one, two, `${one} ${two}`], {
      ...options,
      long: 'mean',
      maxTokens: 30,
    });
    const [first, second, both] = rowsOf(lexical);
    expect(averaged).toBe(1);
    const ids = new Set([...Object.keys(first), ...Object.keys(second)]);
    expect(Object.keys(both)).toEqual([...ids].sort((a, b) => Number(a) - Number(b)));
    for (const id of ids) expect(both[id]).toBe(Math.max(first[id] ?? 0, second[id] ?? 0));
  });
});

describe('a model whose graph ends with the encoder', () => {
  it('gives the weights of Python by the layer that lies next to it', async () => {
    const own = join(folder, 'layer');
    await cp(fixture('tiny-bge-m3'), own, { recursive: true });
    await cp(fixture('tiny-sparse-linear.pt'), join(own, 'sparse_linear.pt'));
    const { weights } = JSON.parse(await readFile(fixture('tiny-sparse.json'), 'utf8'));
    const { lexical } = await embedTexts(texts, { ...options, model: own, pooling: 'cls' });
    for (const [row, found] of rowsOf(lexical).entries()) {
      expect(Object.keys(found)).toEqual(Object.keys(weights[row]));
      for (const [id, weight] of Object.entries(found)) expect(weight).toBeCloseTo(weights[row][id], 4);
    }
  });

  it('is downloaded with its layer only where weights are wanted, also into a folder that has the rest', async () => {
    const hub = await startHub('BAAI/bge-m3');
    vi.stubEnv('HF_ENDPOINT', hub.url);
    vi.stubEnv('DENSCAPE_CACHE', join(folder, 'hub'));
    try {
      hub.files.set('sparse_linear.pt', await readFile(fixture('tiny-sparse-linear.pt')));
      const own: EmbedOptions = { ...options, model: 'BAAI/bge-m3', pooling: 'cls', yes: true };
      const isAsked = () => hub.requests.some((path) => path.endsWith('/sparse_linear.pt'));
      const plain = await embedTexts([texts[0]], { ...own, sparse: false });
      expect(isAsked()).toBe(false);
      const { vectors, lexical } = await embedTexts([texts[0]], own);
      expect(isAsked()).toBe(true);
      expect(vectors).toEqual(plain.vectors);
      expect(Object.keys(rowsOf(lexical)[0]).length).toBe(11);
    } finally {
      vi.unstubAllEnvs();
      await hub.close();
    }
  });

  it('is refused with a layer of another kind', async () => {
    const own = join(folder, 'damaged');
    await cp(fixture('tiny-bge-m3'), own, { recursive: true });
    const layer = await readFile(fixture('tiny-sparse-linear.pt'));
    for (const [bytes, why] of [
      [layer.subarray(0, 500), /it is no archive of PyTorch/],
      [zipSync({ 'a/data.pkl': Buffer.from('HalfStorage') }), /a weight and a bias are expected/],
      [
        zipSync({
          'a/data.pkl': Buffer.from('ctorch\nHalfStorage\n'),
          'a/data/0': Buffer.alloc(8),
          'a/data/1': Buffer.alloc(8),
        }),
        /it has 4 and 4 numbers/,
      ],
    ] as const) {
      await writeFile(join(own, 'sparse_linear.pt'), bytes);
      await expect(embedTexts(['a'], { ...options, model: own, pooling: 'cls' })).rejects.toThrow(why);
    }
  });

  it.each([
    ['float32', 'FloatStorage', Buffer.from(Float32Array.of(1, -2, 0.5, 3).buffer)],
    ['float16', 'HalfStorage', Buffer.from(Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x4200).buffer)],
    ['bfloat16', 'BFloat16Storage', Buffer.from(Uint16Array.of(0x3f80, 0xc000, 0x3f00, 0x4040).buffer)],
  ])('reads a layer of %s', async (_, kind, bytes) => {
    const file = join(folder, `${kind}.pt`);
    const each = bytes.length / 4;
    const parts = { 'a/data/0': bytes, 'a/data/1': bytes.subarray(0, each) };
    await writeFile(file, zipSync({ 'a/data.pkl': Buffer.from(`ctorch\n${kind}\n`), ...parts }));
    expect(await readSparseLayer(file)).toEqual({ weight: Float32Array.of(1, -2, 0.5, 3), bias: 1 });
  });
});

describe('the cache', () => {
  it('keeps weights next to vectors: neither is made twice, and vectors are not written twice', async () => {
    const cache = join(folder, 'cache');
    const some = texts.slice(0, 6);
    const embed = (given: string[], more: Partial<EmbedOptions>) =>
      embedTexts(given, { ...options, cache, ...more });
    const segments = async () => {
      const [home] = await readdir(join(cache, 'vectors'));
      return segmentsOf(join(cache, 'vectors', home));
    };
    const rows = async () => {
      let sum = 0;
      for (const segment of await segments()) sum += await countRows(segment);
      return sum;
    };
    const plain = await embed(some.slice(0, 4), { sparse: false });
    expect([plain.computed, await rows()]).toEqual([4, 4]);
    // Their vectors are known; their weights come with the same pass of the model.
    const first = await embed(some, {});
    expect([first.computed, first.cached, await rows()]).toEqual([6, 0, 6]);
    const again = await embed(some, {});
    expect([again.computed, again.cached, await rows()]).toEqual([0, 6, 6]);
    expect(again.lexical).toEqual(first.lexical);
    expect(again.vectors).toEqual(first.vectors);
    const without = await embed(some, { sparse: false });
    expect([without.computed, without.cached]).toEqual([0, 6]);
    // A run that was killed between the two files makes the missing weights again.
    const [home] = await readdir(join(cache, 'vectors'));
    for (const name of await readdir(join(cache, 'vectors', home)))
      if (name.endsWith('.lex')) await rm(join(cache, 'vectors', home, name));
    const mended = await embed([...some, texts[6]], {});
    expect([mended.computed, mended.cached, await rows()]).toEqual([7, 0, 7]);
    expect(rowsOf(mended.lexical).slice(0, 6)).toEqual(rowsOf(first.lexical));
  });
});

describe('models without weights are refused before they run', () => {
  it('by the outputs of their graph', async () => {
    const plain = fixture('tiny-bge-m3');
    await expect(embedTexts(['a'], { ...options, model: plain, pooling: 'cls' })).rejects.toThrow(
      /gives no sparse weights: the outputs of model\.onnx are last_hidden_state, and there is no sparse_linear\.pt; take an export .* or leave out --sparse/,
    );
  });

  it('by their kind', async () => {
    await expect(embedTexts(['a'], { ...options, model: { embed: () => [[1]] } })).rejects.toThrow(
      /sparse can't be used with an openai: model or a function/,
    );
  });
});
