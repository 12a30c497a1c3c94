import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { breathe } from '../../src/breathe.js';
import { textSplitter } from '../../src/embed/split-text.js';
import { openTokenizer, type TextTokenizer } from '../../src/embed/tokenizer.js';
import { abortedAtFirstPause } from '../helpers/pauses.js';

/** A tokenizer with two special tokens, whose other tokens are what the pattern finds. */
function tokenizerOf(pattern: RegExp, maxTokens: number): TextTokenizer {
  return {
    padId: 0,
    wordless: [],
    encode(text) {
      const found = text.match(pattern)?.length ?? 0;
      const kept = Math.min(found, maxTokens - 2);
      return { ids: new Int32Array(kept + 2), isTruncated: kept < found };
    },
  };
}
const WORDS = /[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu;
const CHARACTERS = /\S/gu;

const splitBy = (pattern: RegExp, maxTokens: number, prefix = '') => {
  const split = textSplitter(tokenizerOf(pattern, maxTokens), prefix, maxTokens);
  return (text: string) => split(text, breathe());
};
const squeezed = (text: string) => text.replace(/\s+/gu, '');

describe('a text longer than the model reads', () => {
  it('is split at ends of sentences, as many of them in a piece as fit', async () => {
    const split = splitBy(WORDS, 10);
    expect(await split('One two three. Four five! Six seven eight? Nine.\nTen')).toEqual([
      { text: 'One two three. Four five!', tokens: 7 },
      { text: 'Six seven eight? Nine.\nTen', tokens: 7 },
    ]);
  });

  it('that fits to the last token is no text of pieces', async () => {
    const split = splitBy(WORDS, 10);
    expect(await split('One two three. Four five six.')).toBeUndefined();
    expect(await split('One two three. Four five six. Seven')).toHaveLength(2);
  });

  it('has a sentence that is too long split between words, and the next sentences after its rest', async () => {
    const split = splitBy(WORDS, 6);
    expect(await split('Hi. a b c d e f g h i. Yes. No way.')).toEqual([
      { text: 'Hi. a b', tokens: 4 },
      { text: 'c d e f', tokens: 4 },
      { text: 'g h i.', tokens: 4 },
      { text: 'Yes.', tokens: 2 },
      { text: 'No way.', tokens: 3 },
    ]);
  });

  it('has a word that is too long split between characters, never within one', async () => {
    const split = splitBy(CHARACTERS, 5);
    const family = '👩‍👩‍👧';
    expect((await split(`ok ${'é'.repeat(7)}${family}`))?.map(({ text }) => text)).toEqual([
      'ok',
      'ééé',
      'ééé',
      'é',
      family,
    ]);
  });

  it('keeps a piece and the prefix within the limit, whose tokens don’t count as those of the piece', async () => {
    const split = splitBy(WORDS, 8, 'search query: ');
    expect(await split('One two. Three. Four five.')).toEqual([
      { text: 'One two.', tokens: 3 },
      { text: 'Three.', tokens: 2 },
      { text: 'Four five.', tokens: 3 },
    ]);
  });

  it.each([
    [
      'Chinese',
      '天氣很好。我們去公園散步吧！你想一起去嗎？',
      ['天氣很好。', '我們去公園散步吧！', '你想一起去嗎？'],
    ],
    [
      'Japanese',
      'これはペンです。彼は東京に住んでいます。',
      ['これはペンです。', '彼は東京に住んでいます。'],
    ],
    ['Hindi', 'हम यहाँ हैं। तुम कहाँ हो?', ['हम यहाँ हैं।', 'तुम कहाँ हो?']],
    ['Arabic', 'كيف حالك؟ أنا بخير.', ['كيف حالك؟', 'أنا بخير.']],
  ])('is split at ends of sentences in %s', async (_, text, sentences) => {
    const longest = Math.max(...sentences.map((one) => one.match(CHARACTERS)?.length ?? 0));
    const pieces = await splitBy(CHARACTERS, longest + 2)(text);
    expect(pieces?.map((piece) => piece.text)).toEqual(sentences);
  });

  it('in Thai, without a mark at the end of a sentence, is split between words', async () => {
    const pieces = await splitBy(CHARACTERS, 16)('เขาไปโรงเรียนวันนี้อากาศดีมาก');
    expect(pieces?.map(({ text }) => text)).toEqual(['เขาไปโรงเรียน', 'วันนี้อากาศดี', 'มาก']);
  });

  it('loses nothing but blanks, and no piece is longer than the model reads', async () => {
    const folder = new URL('../fixtures/embed/tiny-bge-m3/', import.meta.url);
    const json = JSON.parse(await readFile(new URL('tokenizer.json', folder), 'utf8'));
    const texts = JSON.parse(await readFile(new URL('../golden.json', folder), 'utf8')).texts as string[];
    const whole = [...texts, 'word'.repeat(400), '東京都'.repeat(300), 'a1! '.repeat(500)].join(' ');
    for (const maxTokens of [40, 200]) {
      const tokenizer = openTokenizer(json, {}, maxTokens);
      const pieces = (await textSplitter(tokenizer, '', maxTokens)(whole, breathe())) ?? [];
      const encoded = pieces.map(({ text }) => tokenizer.encode(text));
      expect(squeezed(pieces.map(({ text }) => text).join(''))).toBe(squeezed(whole));
      expect(encoded.map(({ isTruncated }) => isTruncated)).not.toContain(true);
      expect(pieces.map(({ tokens }) => tokens + 2)).toEqual(encoded.map(({ ids }) => ids.length));
    }
  });

  it('of a million characters leaves turns to others, and stops when it is aborted', async () => {
    const { signal } = abortedAtFirstPause(new Error('enough'));
    const text = 'There is more to say about that, and it takes a while. '.repeat(20_000);
    const splitting = textSplitter(tokenizerOf(WORDS, 256), '', 256)(text, breathe(signal));
    // Not `rejects`, which prints a million characters where it fails.
    expect(await splitting.then(String, ({ message }) => message)).toBe('enough');
  });
});
