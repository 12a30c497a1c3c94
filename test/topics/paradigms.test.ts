import { expect, test } from 'vitest';
import { areForms } from '../../src/topics/paradigms.js';

test.each([
  ['ru', 'кошек', 'кошки'],
  ['ru', 'льда', 'льдом'],
  ['pl', 'wizy', 'wizę'],
  ['tr', 'ada', 'adası'],
  ['tr', 'Afrika', "Afrika'nın"],
])('%s: %s and %s are forms of one noun', (language, one, other) => {
  expect(areForms(one.toLowerCase(), other.toLowerCase(), language)).toBe(true);
});

test.each([
  ['ru', 'война', 'волна'],
  ['pl', 'kot', 'kolej'],
  ['tr', 'kara', 'karar'],
  ['en', 'cats', 'cat'],
  [undefined, 'кошек', 'кошки'],
])('%s: %s and %s are not known to be forms of one noun', (language, one, other) => {
  expect(areForms(one, other, language)).toBe(false);
});
