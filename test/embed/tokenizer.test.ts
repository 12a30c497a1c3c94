import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { obtainModel } from '../../src/embed/model-files.js';
import { openTokenizer } from '../../src/embed/tokenizer.js';
import { UserError } from '../../src/errors.js';

const fixture = (name: string) => new URL(`../fixtures/embed/${name}`, import.meta.url);
const json = async (path: URL | string) => JSON.parse(await readFile(path, 'utf8'));

/** Made by golden.py. */
interface Golden {
  texts: string[];
  wordpiece: number[][];
  unigram: number[][];
  unigram_metaspace: number[][];
}
let golden: Golden;
let unigram: Record<string, unknown>;
/** A vocabulary of three, since a whole one takes a while to open. */
const small = {
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model: { type: 'WordPiece', vocab: { '[UNK]': 0, some: 1, words: 2 }, unk_token: '[UNK]' },
};
let wordpiece: Record<string, unknown>;

beforeAll(async () => {
  golden = await json(fixture('golden.json'));
  unigram = await json(fixture('tiny-bge-m3/tokenizer.json'));
  const { deciding } = await obtainModel('minilm', { dtype: 'auto' });
  wordpiece = await json(deciding.find((path) => path.endsWith('tokenizer.json')) ?? '');
});

/** Texts that are cut at `limit` tokens though the bound says that they surely aren't. */
function wronglySure(tokenizer: Record<string, unknown>, texts: string[], limit: number): string[] {
  const { encode, mayBeTruncated } = openTokenizer(tokenizer, {}, limit);
  return texts.filter((text) => encode(text).isTruncated && !mayBeTruncated(text));
}

function idsOf(tokenizer: Record<string, unknown>): number[][] {
  const { encode } = openTokenizer(tokenizer, {}, 100_000);
  return golden.texts.map((text) => [...encode(text).ids]);
}

describe('ids equal those of Python’s tokenizers on kana, emoji, Thai, Arabic, control characters and NFKC cases', () => {
  it('for WordPiece, MiniLM’s own file', () => {
    expect(idsOf(wordpiece)).toEqual(golden.wordpiece);
  });

  it('for Unigram with SentencePiece’s character map, split on whitespace first', () => {
    expect(idsOf(unigram)).toEqual(golden.unigram);
    // A second time, from the words that are remembered.
    const { encode } = openTokenizer(unigram, {}, 100_000);
    const twice = [...golden.texts, ...golden.texts].map((text) => [...encode(text).ids]);
    expect(twice).toEqual([...golden.unigram, ...golden.unigram]);
  });

  it('for Unigram with the map alone and Metaspace', () => {
    const { normalizers } = unigram.normalizer as { normalizers: unknown[] };
    const { pretokenizers } = unigram.pre_tokenizer as { pretokenizers: unknown[] };
    const plain = { ...unigram, normalizer: normalizers[0], pre_tokenizer: pretokenizers[1] };
    expect(idsOf(plain)).toEqual(golden.unigram_metaspace);
  });
});

describe('length', () => {
  it('a text over the limit keeps its first tokens and the closing one, and says so', () => {
    const { encode } = openTokenizer(wordpiece, {}, 6);
    const whole = openTokenizer(wordpiece, {}, 512).encode('one two three four five six seven');
    const cut = encode('one two three four five six seven');
    expect(whole).toMatchObject({ isTruncated: false });
    expect(whole.ids).toHaveLength(9);
    expect(cut.isTruncated).toBe(true);
    expect([...cut.ids]).toEqual([...whole.ids.slice(0, 5), whole.ids[8]]);
    expect(encode('one two three four').isTruncated).toBe(false);
  });

  it('a book’s first tokens are the same whether the book is read whole or cut before tokenizing', () => {
    const sentence = 'Oil rises as storms close ports, ｶﾞ and Ελλάδα; 😀 again. ';
    const { encode } = openTokenizer(unigram, {}, 300);
    const short = encode(sentence.repeat(60)); // tokenized whole: under the length at which texts are cut
    const book = encode(sentence.repeat(60_000));
    expect(book.isTruncated).toBe(true);
    expect([...book.ids]).toEqual([...short.ids]);
  });

  it('a text without a single space is cut between characters, never inside one', () => {
    const { encode } = openTokenizer(wordpiece, {}, 128);
    const { ids, isTruncated } = encode('水'.repeat(100_000));
    expect(isTruncated).toBe(true);
    expect(ids).toHaveLength(128);
    expect(encode('😀'.repeat(100_000)).ids).toHaveLength(3); // one unknown word
  });

  it('a limit that special tokens use up is refused', () => {
    expect(() => openTokenizer(wordpiece, {}, 2)).toThrow(UserError);
  });
});

it('padding uses the model’s own pad id', () => {
  expect(openTokenizer(wordpiece, {}, 16).padId).toBe(0);
  expect(openTokenizer(unigram, {}, 16).padId).toBe(1);
});

describe('a damaged tokenizer.json is refused in one line that names it', () => {
  const refusal = (tokenizer: Record<string, unknown>): string => {
    try {
      const { encode } = openTokenizer(tokenizer, {}, 100, 'model "x": tokenizer.json');
      encode('Some words, 12 of them');
      return '';
    } catch (error) {
      expect(error, String(error)).toBeInstanceOf(UserError);
      expect(String(error)).toMatch(/^UserError: model "x": tokenizer\.json/);
      expect(String(error)).not.toMatch(/cannot read|undefined|not a function|not iterable|call stack/i);
      return (error as Error).message;
    }
  };

  it.each([
    ['model', null],
    ['model', { type: 'WordPiece' }],
    ['model', { type: 'WordPiece', vocab: { a: '1' } }],
    ['model', { type: 'WordPiece', vocab: { a: -1 } }],
    ['model', { type: 'Unigram', vocab: [null] }],
    ['added_tokens', {}],
    ['added_tokens', [null]],
    ['added_tokens', [{ id: 'x', content: 'y' }]],
    ['normalizer', { type: 'Precompiled', precompiled_charsmap: 'AAAA/w==' }],
    ['normalizer', { type: 'Sequence', normalizers: [null] }],
    ['pre_tokenizer', { type: 'Sequence', pretokenizers: [null] }],
    ['pre_tokenizer', { type: 'Split', pattern: { Regex: '(' } }],
    ['post_processor', 'x'],
  ])('%s: %j', (part, value) => {
    expect(refusal({ ...wordpiece, [part]: value })).not.toBe('');
  });

  it('where its steps nest 50,000 deep', () => {
    let step: Record<string, unknown> = { type: 'Lowercase' };
    for (let depth = 0; depth < 50_000; depth++) step = { type: 'Sequence', normalizers: [step] };
    expect(refusal({ ...wordpiece, normalizer: step })).toMatch(/damaged, or of a kind/);
  });

  it('or read, whatever stands in one of its parts', () => {
    expect(refusal(small)).toBe('');
    const parts = [
      'normalizer',
      'pre_tokenizer',
      'post_processor',
      'decoder',
      'added_tokens',
      'padding',
      'truncation',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.jsonValue(), (part, value) => {
        refusal({ ...small, [part]: value });
      }),
      { numRuns: 200 },
    );
  });
});

describe('whether a text may be too long', () => {
  const texts = () => [
    ...golden.texts,
    '안녕하세요 세계의 여러분',
    '가각간갇갈감갑값',
    'ﷺ ﷺ ﷺ',
    'ŷéàç ﬀ ½',
    'a b c d e f g h',
    'x'.repeat(300),
    'The government said on Tuesday that it had agreed to pay.',
    'inter\u0001natio\u0001naliz\u0001atio\u0001nqx the\u0007zq\u007fthe',
    'theqzqthe qzthe1x (the)qx the_qzx',
  ];

  it.each([4, 8, 16, 24])('is never denied of one that is, at %i tokens', (limit) => {
    expect(wronglySure(wordpiece, texts(), limit)).toEqual([]);
    expect(wronglySure(unigram, texts(), limit)).toEqual([]);
  });

  it('is denied of short ones, white space aside for WordPiece', () => {
    const { mayBeTruncated } = openTokenizer(wordpiece, {}, 10);
    expect(mayBeTruncated('a qz zq qzq')).toBe(false);
    expect(mayBeTruncated('a qz zq qzqz')).toBe(true);
    // Words of the vocabulary are one token each.
    expect(mayBeTruncated('The government said (on Tuesday)')).toBe(false);
    expect(mayBeTruncated('The government said (on Tuesday) q q')).toBe(true);
    expect(openTokenizer(unigram, {}, 10).mayBeTruncated('a bc')).toBe(false);
  });
});
