import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseGraph } from '../../src/embed/description.js';
import { embedTexts, openModel } from '../../src/embed/index.js';
import { knownModel } from '../../src/embed/registry.js';
import { UserError } from '../../src/errors.js';
import { abortedAtFirstPause } from '../helpers/pauses.js';
import { COMMIT, startHub } from './hub-server.js';
import { part, safetensors } from './safetensors-bytes.js';

const TOKENIZER = {
  added_tokens: [],
  decoder: null,
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  // Static models ignore the tokens that this would put around a text.
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '[UNK]', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '[UNK]': { id: '[UNK]', ids: [0], tokens: ['[UNK]'] } },
  },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    vocab: { '[UNK]': 0, sea: 1, ship: 2, '##s': 3 },
  },
};
/** Of [UNK], sea, ship, ##s. */
const TABLE = Float32Array.of(9, 9, 3, 0, 0, 4, 1, 1);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denscape-static-'));
  vi.stubEnv('DENSCAPE_CACHE', join(folder, 'cache'));
  await put({ 'model.safetensors': safetensors([part('embeddings', 'F32', [4, 2], TABLE)]) });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function put(files: Record<string, unknown>): Promise<void> {
  const all = { 'tokenizer.json': TOKENIZER, 'config.json': { normalize: true }, ...files };
  for (const [name, content] of Object.entries(all)) {
    await writeFile(join(folder, name), Buffer.isBuffer(content) ? content : JSON.stringify(content));
  }
}
const embed = async (texts: string[], options = {}) =>
  embedTexts(texts, { model: folder, cache: false, ...options });
/** The direction of x, y as the model gives it. */
const unit = (x: number, y: number) => [x / Math.hypot(x, y), y / Math.hypot(x, y)].map(Math.fround);

describe('a static model', () => {
  it('gives the mean of the token vectors at unit length, without special and unknown tokens', async () => {
    const { vectors, provider, model } = await embed(['Sea ship', 'sea sea ships what', 'what']);
    expect([...vectors.data]).toEqual([...unit(3, 4), ...unit(7, 5), 0, 0]);
    expect(provider).toBe('cpu');
    expect(model).toMatchObject({
      id: folder,
      dtype: 'fp32',
      dimensions: 2,
      pooling: 'mean',
      maxTokens: 512,
    });
  });

  it('weighs tokens, and finds their rows by the mapping', async () => {
    const tensors = [
      part('mapping', 'I64', [4], BigInt64Array.of(0n, 1n, 1n, 0n)),
      part('weights', 'F32', [4], Float32Array.of(1, 2, 1, 0.5)),
      part('embeddings', 'I8', [2, 2], Int8Array.of(0, 4, -3, 1)),
    ];
    await put({ 'model.safetensors': safetensors(tensors) });
    const { vectors } = await embed(['sea', 'sea ships']);
    expect([...vectors.data]).toEqual([...unit(-3, 1), ...unit(-9, 5)]);
  });

  it('of sentence-transformers, whose table has another name, is read', async () => {
    await put({ 'model.safetensors': safetensors([part('embedding.weight', 'F32', [4, 2], TABLE)]) });
    expect([...(await embed(['sea'])).vectors.data]).toEqual([1, 0]);
  });

  it('reads max_length tokens, or as many as maxTokens says, and counts the texts that it cuts', async () => {
    await put({ 'config.json': { model_type: 'model2vec', max_length: 2 } });
    const cut = await embed(['sea sea ship', 'sea ship']);
    expect(cut.truncated).toBe(1);
    expect([...cut.vectors.data]).toEqual([1, 0, ...unit(3, 4)]);
    await put({});
    expect((await embed(['sea sea ship', 'sea'], { maxTokens: 3 })).truncated).toBe(0);
    // Pieces of three tokens, the full stop being one, and of two.
    const { vectors, averaged } = await embed(['sea sea. Sea ship'], { maxTokens: 3, long: 'mean' });
    expect(averaged).toBe(1);
    const [x, y] = unit(3, 4);
    const [expectedX, expectedY] = unit(3 + 2 * x, 2 * y);
    expect(vectors.data[0]).toBeCloseTo(expectedX, 6);
    expect(vectors.data[1]).toBeCloseTo(expectedY, 6);
    await expect(embed(['sea'], { maxTokens: 1000 })).rejects.toThrow(/3 to 512/);
  });

  it('puts a prefix before each text, gives a row the same vector in any company, and is cached', async () => {
    const alone = await embed(['sea'], { prefix: 'ship ' });
    expect([...alone.vectors.data]).toEqual(unit(3, 4));
    const many = Array.from({ length: 2500 }, (_, row) =>
      row % 2 ? `ships sea ${row}` : `sea ${row} ship ship`,
    );
    const all = await embed(many);
    const backwards = await embed([...many].reverse());
    for (const row of [0, 1, 1023, 1024, 2499]) {
      const at = (matrix: { data: Float32Array }, place: number) => [
        ...matrix.data.subarray(place * 2, place * 2 + 2),
      ];
      expect(at(all.vectors, row)).toEqual(at(backwards.vectors, 2499 - row));
    }
    const cache = join(folder, 'vectors');
    await embed(many, { cache });
    expect(await embed(many, { cache })).toMatchObject({ cached: 2500, computed: 0, provider: 'none' });
  });

  it('stops within a batch on an abort', async () => {
    const many = Array.from({ length: 200_000 }, (_, row) => `ships sea ${row}`);
    const { signal } = abortedAtFirstPause(new Error('enough'));
    await expect(embed(many, { signal }).then(({ computed }) => computed)).rejects.toThrow('enough');
  });

  it('changes its fingerprint with its table, its tokenizer and its prefix', async () => {
    const print = async (options = {}) => (await openModel({ model: folder, ...options })).fingerprint;
    const first = await print();
    const prints = [first, await print({ prefix: 'x' }), await print({ maxTokens: 5 })];
    const changed = Float32Array.from(TABLE);
    changed[2] = 3.0001;
    await put({ 'model.safetensors': safetensors([part('embeddings', 'F32', [4, 2], changed)]) });
    prints.push(await print());
    await put({
      'model.safetensors': safetensors([part('embeddings', 'F32', [4, 2], TABLE)]),
      'tokenizer.json': { ...TOKENIZER, normalizer: null },
    });
    prints.push(await print());
    expect(new Set(prints).size).toBe(5);
    await put({});
    expect(await print()).toBe(first);
  });
});

describe('what can’t be a static model is refused', () => {
  it.each([
    [[part('other', 'F32', [4, 2], TABLE)], /no table of token vectors.*export the model to ONNX/],
    [[part('embeddings', 'F32', [8], TABLE)], /has the shape 8; it must be tokens × numbers/],
    [[part('embeddings', 'F32', [1, 8], TABLE)], /token 1 has no vector/],
    [[part('embeddings', 'F32', [4, 2], new Float32Array(8).fill(Number.NaN))], /not finite/],
    [
      [
        part('embeddings', 'F32', [4, 2], TABLE),
        part('mapping', 'I64', [4], BigInt64Array.of(0n, 1n, 2n, 4n)),
      ],
      /token 3 has row 4 of a table of 4/,
    ],
    [
      [part('embeddings', 'F32', [4, 2], TABLE), part('weights', 'F32', [2, 2], new Float32Array(4))],
      /weights is not one number a token/,
    ],
  ])('(%#)', async (tensors, message) => {
    await put({ 'model.safetensors': safetensors(tensors) });
    await expect(embed(['sea ship'])).rejects.toThrow(message);
  });

  it('with a pooling or a dtype that it does not have', async () => {
    await expect(embed(['sea'], { pooling: 'cls' })).rejects.toThrow(/static one, whose vectors are means/);
    await expect(embed(['sea'], { dtype: 'int8' })).rejects.toThrow(/has one file: use auto/);
  });
});

it('a static model is recognised by its config.json, or by having no graph; others keep their graph', () => {
  const files = new Set(['model.safetensors', 'tokenizer.json', 'onnx/model.onnx']);
  const choose = (all: Set<string>, config?: Record<string, unknown>) =>
    chooseGraph(all, 'auto', 'x', undefined, config).path;
  expect(choose(files, { model_type: 'model2vec' })).toBe('model.safetensors');
  expect(choose(files, { architectures: ['StaticModel'] })).toBe('model.safetensors');
  expect(choose(files, { model_type: 'bert' })).toBe('onnx/model.onnx');
  expect(choose(files, {})).toBe('onnx/model.onnx');
  files.delete('onnx/model.onnx');
  expect(choose(files, {})).toBe('model.safetensors');
  expect(() => choose(files, { model_type: 'bert' })).toThrow(UserError);
  expect(() => choose(files)).toThrow(/no ONNX file/);
  expect(chooseGraph(files, 'auto', 'potion', knownModel('potion')).path).toBe('model.safetensors');
});

it('a static model comes from the hub: its table, tokenizer and config.json alone', async () => {
  const hub = await startHub('minishlab/potion-base-8M');
  try {
    vi.stubEnv('HF_ENDPOINT', hub.url);
    hub.files.clear();
    const table = safetensors([part('embeddings', 'F32', [4, 2], TABLE)]);
    hub.files.set('model.safetensors', table);
    hub.files.set('onnx/model.onnx', Buffer.from('never asked for'));
    hub.files.set('tokenizer.json', Buffer.from(JSON.stringify(TOKENIZER)));
    hub.files.set('config.json', Buffer.from('{"model_type":"model2vec"}'));
    for (const model of ['potion', 'minishlab/potion-base-8M']) {
      const { vectors, model: about } = await embedTexts(['sea ship'], { model, cache: false });
      expect([...vectors.data]).toEqual(unit(3, 4));
      expect(about).toMatchObject({ id: 'minishlab/potion-base-8M', revision: COMMIT });
    }
    const home = join(folder, 'cache', 'models', 'minishlab--potion-base-8M', COMMIT);
    expect((await readdir(home)).sort()).toEqual([
      'config.json',
      'denscape.json',
      'model.safetensors',
      'tokenizer.json',
    ]);
  } finally {
    await hub.close();
  }
});
