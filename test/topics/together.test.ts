import { expect, test } from 'vitest';
import type { ScoredTerm } from '../../src/topics/keywords.js';
import { WordFinder } from '../../src/topics/occurrences.js';
import { CoOccurrence, union } from '../../src/topics/together.js';
import { numberOf, tokenized } from './tokenized.js';

const term = (key: string): ScoredTerm => ({ key, words: key.split(' '), count: 1, score: 1 });

/** Mutual information of two terms in the first of two groups. */
async function npmi(one: string, other: string) {
  const { tokens, places } = await tokenized(
    ['oil prices of a barrel', 'oil and a barrel', 'oil prices', 'gas prices rise', 'gas for homes'],
    ['homes for sale', 'prices of homes', 'a game of chess'],
  );
  const words = ['oil', 'prices', 'barrel', 'gas', 'homes'].map((word) => numberOf(tokens, word));
  const coOccurrence = new CoOccurrence(new WordFinder(tokens).find(places[0], words), tokens);
  return coOccurrence.npmi(term(one), term(other));
}

test('words that no text of the group has both of have −1', async () => {
  expect(await npmi('barrel', 'gas')).toBe(-1);
});

test('texts of other groups count as texts with a word, not as texts with both', async () => {
  // Oil stands in 3 of 8 texts, prices in 3 of the group and one other, both in 2.
  expect(await npmi('oil', 'prices')).toBeCloseTo(Math.log((2 * 8) / (3 * 4)) / -Math.log(2 / 8), 12);
  // Homes stand in 3 of 8, two of them elsewhere.
  expect(await npmi('gas', 'homes')).toBeCloseTo(Math.log((1 * 8) / (2 * 3)) / -Math.log(1 / 8), 12);
});

test('a phrase stands where all its words do, and is as common as its rarest word lets expect', async () => {
  expect(await npmi('oil prices', 'barrel')).toBeCloseTo(Math.log((1 * 8) / (2 * 2)) / -Math.log(1 / 8), 12);
});

test('a term with words that nobody looked for is independent of all others', async () => {
  expect(await npmi('chess', 'oil')).toBe(0);
});

test('texts with any of several words are counted once', () => {
  const holders = [Uint32Array.of(0b1011, 0), Uint32Array.of(0b0110, 0x80000000)];
  expect(union(holders)).toBe(5);
  expect(union([])).toBe(0);
});
