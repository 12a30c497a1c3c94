import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { readTokenizerFiles } from '../../src/embed/description.js';
import { openTokenizer } from '../../src/embed/tokenizer.js';
import { type Encoder, openEncoder } from '../../src/embed/tokenizer-threads.js';
import { newsRows } from './embed-script.js';

const folder = fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3', import.meta.url));
const texts = Array.from({ length: 1200 }, (_, row) =>
  `${row} ${newsRows(row % 800, 1)[0]}`.slice(0, 1 + row),
);
const source = { folder, name: 'tiny', maxTokens: 64 };

async function ownTokenizer() {
  const { tokenizer, tokenizerConfig } = await readTokenizerFiles(folder, 'tiny');
  return openTokenizer(tokenizer, tokenizerConfig, 64);
}

let encoder: Encoder | undefined;
afterEach(() => encoder?.close());

test('threads give the tokens of this thread, in the order of the texts', async () => {
  const tokenizer = await ownTokenizer();
  const here = texts.map((text) => tokenizer.encode(text));
  expect(here.some(({ isTruncated }) => isTruncated)).toBe(true);
  let own = 0;
  const counting = {
    ...tokenizer,
    encode: (text: string) => {
      own++;
      return tokenizer.encode(text);
    },
  };
  encoder = openEncoder(counting, source, 2);
  encoder.grow(1);
  // This thread works until the other is ready.
  for (let round = 0; round < 500; round++) {
    own = 0;
    const there = await encoder.encode(texts);
    expect(there).toEqual(here);
    if (own === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect.fail('no thread became ready');
});

test('a thread that can’t open its tokenizer leaves the work to this one', async () => {
  const tokenizer = await ownTokenizer();
  encoder = openEncoder(tokenizer, { ...source, folder: `${folder}/absent` }, 2);
  encoder.grow(1);
  for (let round = 0; round < 20; round++) {
    expect((await encoder.encode(texts.slice(0, 5))).length).toBe(5);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
