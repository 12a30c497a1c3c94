import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldBlock } from '../../src/map/page/corpus.js';
import { fold, found, parseQuery } from '../../src/map/page/query.js';
import { countTerm, rank } from '../../src/map/page/rank.js';

/** BM25 of each text. */
function scoresOf(text: string, texts: string[]): number[] {
  const query = parseQuery(text);
  const block = foldBlock(0, texts);
  const terms = [...query.wanted.flat(), ...query.unwanted];
  const counts = new Map(terms.map((term) => [term, new Float32Array(texts.length)]));
  for (const [term, counted] of counts) countTerm(term, block, 1, counted);
  return [...rank(query, { counts, lengths: Float32Array.from(texts, ({ length }) => length) })];
}

/** The text stands between two others, whose words must not count. */
const isFound = (query: string, text: string) => scoresOf(query, ['xyzzy', text, 'xyzzy'])[1] > 0;

describe('search folding', () => {
  test.each([
    ['Zürich', 'zurich'],
    ['ÉCOLE', 'ecole'],
    ['हिन्दी', 'हिन्दी'],
    ['ひらがな', 'ひらがな'],
  ])('%s is found as %s', (text, folded) => {
    expect(fold(text)).toBe(fold(folded));
  });
});

describe('a query', () => {
  test.each([
    ['oil', 'Oil, and a barrel', true],
    ['oil', 'a market in turmoil', false],
    ['oil', 'oils', false],
    ['oil*', 'oilfield', true],
    ['oil*', 'turmoil', false],
    ['prices oil', 'oil and gas prices', true],
    ['prices oil', 'oil and gas', false],
    ['"oil prices"', 'High oil\nprices', true],
    ['"oil prices"', 'oil and gas prices', false],
    ['oil -gas', 'oil and gas', false],
    ['oil -gas', 'oil and gasoline', true],
    ['-gas', 'oil', true],
    ['oil -"gas prices"', 'oil up, gas prices down', false],
    ['oil OR gas prices', 'gas prices', true],
    ['oil OR gas prices', 'gas', false],
    ['OR', 'either OR both', true],
    ['c++', 'Written in C++.', true],
    ['.net', 'ASP.NET and .NET', true],
    ['a.c', 'abc', false],
    ['zurich', 'in Zürich', true],
    ['don\u2019t', 'I don\u2019t', true],
    ['石油', '原石油价格', true],
    ['हिन्द', 'हिन्दी', false],
    ['"unclosed phrase', 'an unclosed phrase', true],
    ['*', 'a * b', true],
  ])('%j on %j: %s', (query, text, wanted) => {
    expect(isFound(query, text)).toBe(wanted);
  });

  test('finds words with a hyphen, and every other character is no part of the language of patterns', () => {
    expect(isFound('t-mobile', 'a T-Mobile phone')).toBe(true);
    expect(isFound('"top-up fee"', 'the top-up fee')).toBe(true);
    expect(isFound('e-mail -t-mobile', 'an e-mail to t-mobile')).toBe(false);
    // Of the printable ASCII characters, quotes and stars belong to the language of queries.
    fc.assert(
      fc.property(fc.stringMatching(/^[!#-)+-~]{1,9}$/), (word) => {
        expect(isFound(`"${word}"`, `before ${word} after`)).toBe(true);
      }),
    );
  });

  test('ranks by BM25: rarer words, more of them and shorter texts first, and 0 without a match', () => {
    const texts = ['oil', 'oil oil', 'oil in a long text about something else', 'gas', 'gas and oil', 'gas'];
    const [short, twice, long, without, both] = scoresOf('oil', texts);
    expect(twice).toBeGreaterThan(short);
    expect(short).toBeGreaterThan(long);
    expect(without).toBe(0);
    expect(both).toBeLessThan(short);
    // By hand: idf = ln(1 + (6 − 4 + 0.5) / 4.5), one occurrence in a text of 3 of 10.33 characters on average.
    const mean = (3 + 7 + 39 + 3 + 11 + 3) / 6;
    const wanted = (Math.log(1 + 2.5 / 4.5) * 2.2) / (1 + 1.2 * (0.25 + (0.75 * 3) / mean));
    expect(short).toBeCloseTo(wanted, 5);
    const either = scoresOf('oil OR gas', texts);
    expect(either[4]).toBeGreaterThan(either[2]);
    expect(scoresOf('-gas', texts)).toEqual([1, 1, 1, 0, 0, 0]);
  });

  test('no word or phrase goes from one text into the next', () => {
    expect(scoresOf('"oil prices"', ['crude oil', 'prices rise'])).toEqual([0, 0]);
    expect(scoresOf('oil', ['crude', 'oil', 'tur', 'oil']).map((score) => score > 0)).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test('says where its words stand, once where they overlap', () => {
    expect(found(parseQuery('oil OR "oil prices" up'), 'oil prices up; turmoil')).toEqual([
      [0, 10],
      [11, 13],
    ]);
  });
});
