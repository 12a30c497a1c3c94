import { describe, expect, test } from 'vitest';
import { fold, found, matches, parseQuery } from '../../src/map/page/query.js';

const isFound = (query: string, text: string) => matches(parseQuery(query), fold(text));

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

  test('says where its words stand, once where they overlap', () => {
    expect(found(parseQuery('oil OR "oil prices" up'), 'oil prices up; turmoil')).toEqual([
      [0, 10],
      [11, 13],
    ]);
  });
});
