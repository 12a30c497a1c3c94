import { expect, test } from 'vitest';
import { isKoreanVerb } from '../../src/topics/korean.js';
import { Speller } from '../../src/topics/spelling.js';
import { FIRST_FORM, type Tokens } from '../../src/topics/tokens.js';
import { numberOf, tokenized } from './tokenized.js';

const tokensOf = async (...texts: string[]): Promise<Tokens> => (await tokenized(texts)).tokens;
const wordsOf = ({ stream, wordOf, words }: Tokens): string[] =>
  Array.from(stream)
    .filter((token) => token >= FIRST_FORM)
    .map((token) => words[wordOf[token - FIRST_FORM]]);

test('a noun with different particles is one word, counted once a text', async () => {
  const tokens = await tokensOf('독일은 크다', '독일의 수도, 독일이', '독일에서');
  expect(new Set(wordsOf(tokens)).has('독일은')).toBe(false);
  expect(tokens.documents[numberOf(tokens, '독일')]).toBe(3);
});

test('a word that ends like one with a particle stays whole', async () => {
  // 국가: state; 국 alone is a soup. 있는: a verb.
  expect(wordsOf(await tokensOf('국가', '있는', '있을', '제공하는'))).toEqual(
    expect.arrayContaining(['국가', '있는', '있을', '제공하는']),
  );
});

test('a long noun, or an object, loses its particle wherever it stands', async () => {
  expect(wordsOf(await tokensOf('호스텔은 여기', '득점을'))).toEqual(
    expect.arrayContaining(['호스텔', '득점']),
  );
});

test('a noun is shown without its particle', async () => {
  const tokens = await tokensOf('독일은 크다', '독일은 작다', '독일의');
  const at = tokens.stream.findIndex(
    (token) => token >= FIRST_FORM && tokens.forms[token - FIRST_FORM] === '독일은',
  );
  expect(new Speller(tokens).spell({ at: Int32Array.of(at), before: 0, after: 0 })).toBe('독일');
});

test('a particle follows only what its sound allows', async () => {
  // 디스플레이 (display) ends like a noun with a particle that follows consonants; 걷는 is a verb.
  expect(wordsOf(await tokensOf('디스플레이 화면', '디스플레이를', '책을 읽다', '걷는 사람'))).toEqual(
    expect.arrayContaining(['디스플레이', '책', '걷는']),
  );
  expect(['걷는', '과학적', '목적', '독일'].map(isKoreanVerb)).toEqual([true, true, false, false]);
});

test('particles are taken off words of other scripts, and forms of "to be" off nouns', async () => {
  expect(wordsOf(await tokensOf('GnuPG는 도구', 'CD에', '프로그램입니다', '프로그램'))).toEqual(
    expect.arrayContaining(['gnupg', 'cd', '프로그램']),
  );
});
