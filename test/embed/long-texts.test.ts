import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embedTexts, openModel } from '../../src/embed/index.js';
import type { EmbedOptions, Model } from '../../src/embed/options.js';
import { openTokenizer, type TextTokenizer } from '../../src/embed/tokenizer.js';
import type { Progress } from '../../src/progress.js';
import type { Matrix } from '../../src/shapes.js';

const model = fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3', import.meta.url));
const options: EmbedOptions = { model, pooling: 'cls', device: 'cpu', cache: false, maxTokens: 30 };

const FIRST = 'Oil prices rise.';
const SECOND = 'The storm closed many ports in the gulf.';
const LONG = `${FIRST} ${SECOND}`;

const rowOf = ({ data, cols }: Matrix, row: number) => data.subarray(row * cols, (row + 1) * cols);

/** The mean of vectors, each times its weight, at unit length. */
function weighted(vectors: Float32Array[], weights: number[]): number[] {
  const sum = [...vectors[0]].map((_, col) =>
    vectors.reduce((total, vector, at) => total + weights[at] * vector[col], 0),
  );
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}
const difference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, at) => Math.abs(value - b[at])));

let tokenizer: TextTokenizer;
let cut: Model;
let mean: Model;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denscape-long-'));
  const json = JSON.parse(await readFile(join(model, 'tokenizer.json'), 'utf8'));
  tokenizer = openTokenizer(json, {}, 8192);
  cut = await openModel(options);
  mean = await openModel({ ...options, long: 'mean' });
});
afterAll(async () => {
  await Promise.all([cut?.close(), mean?.close()]);
  await rm(folder, { recursive: true, force: true });
});

describe('a text of two pieces', () => {
  it('has the mean of their vectors, weighted by tokens, at unit length', async () => {
    const tokenLengths = [FIRST, SECOND].map((text) => tokenizer.encode(text).ids.length - 2);
    const alone = (await cut.embed([FIRST, SECOND])).vectors;
    const { vectors, averaged, truncated } = await mean.embed([LONG]);
    const expected = weighted([rowOf(alone, 0), rowOf(alone, 1)], tokenLengths);
    expect(tokenLengths[0]).not.toBe(tokenLengths[1]);
    expect(difference(vectors.data, expected)).toBeLessThan(1e-6);
    expect({ averaged, truncated }).toEqual({ averaged: 1, truncated: 0 });
    expect(difference((await cut.embed([LONG])).vectors.data, expected)).toBeGreaterThan(1e-3);
  });

  it('has the same bytes alone, among others, in any order and more than once', async () => {
    const others = [SECOND, 'Rain', `${SECOND} ${SECOND} ${FIRST}`, LONG, 'Unions talk.'];
    const alone = (await mean.embed([LONG])).vectors.data;
    const among = await mean.embed([LONG, ...others]);
    const turned = await mean.embed([...others].reverse());
    expect(rowOf(among.vectors, 0)).toEqual(alone);
    expect(rowOf(among.vectors, 4)).toEqual(alone);
    expect(rowOf(turned.vectors, 1)).toEqual(alone);
    // Two pieces of LONG, one of which is a text as well, and those of the other long text.
    expect(among).toMatchObject({ averaged: 3, computed: 4, vectors: { rows: 6 } });
  });

  it('counts as one row of progress, done with its last piece', async () => {
    const said: Progress[] = [];
    await mean.embed([LONG, LONG, 'Rain'], { onProgress: (progress) => said.push(progress) });
    const rows = said.filter(({ unit }) => unit === 'rows').map(({ done, total }) => `${done}/${total}`);
    expect(rows.at(-1)).toBe('3/3');
    expect(said.map(({ message }) => message)).toContain(
      '2 texts are longer than the 30 tokens that the model reads: split at ends of sentences into 2 pieces, whose means are taken',
    );
  });
});

describe('the vector cache', () => {
  it('keeps pieces and texts that are read whole, with cut and with mean alike', async () => {
    const cached = { ...options, cache: folder };
    await embedTexts([FIRST, 'Rain', LONG], cached);
    const averaging = { ...cached, long: 'mean' } as const;
    const first = await embedTexts([LONG, 'Rain'], averaging);
    expect(first).toMatchObject({ cached: 2, computed: 1, averaged: 1 });
    const again = await embedTexts([LONG, 'Rain'], averaging);
    expect(again).toMatchObject({ cached: 3, computed: 0, averaged: 1, truncated: 0, provider: 'none' });
    expect(again.vectors.data).toEqual(first.vectors.data);
    expect(await embedTexts([LONG], cached)).toMatchObject({ cached: 1, truncated: 1, averaged: 0 });
  });

  it('is that of other vectors in the eyes of a collection or a run', () => {
    expect(mean.fingerprint).not.toBe(cut.fingerprint);
    expect(mean.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  });
});

it('a model whose limit is not known is refused', async () => {
  const own = { embed: (texts: string[]) => texts.map(() => [1, 2]) };
  for (const other of ['openai:any', own]) {
    await expect(openModel({ model: other, long: 'mean', baseUrl: 'http://localhost:9' })).rejects.toThrow(
      "long can't be mean with an openai: model or a function",
    );
  }
});
