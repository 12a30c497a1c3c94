import { expect, test } from 'vitest';
import { likeness, pickDiverse } from '../../src/topics/diversity.js';
import type { ScoredTerm } from '../../src/topics/keywords.js';

const term = (key: string, score: number): ScoredTerm => ({ key, words: key.split(' '), count: 1, score });

test('inflections and parts of a phrase are not repeated', () => {
  const terms = [
    term('oil prices', 10),
    term('oil', 9),
    term('price', 8),
    term('barrel', 7),
    term('barrels', 6),
    term('crude', 5),
  ];
  expect(pickDiverse(terms, 5).map(({ key }) => key)).toEqual(['oil prices', 'barrel', 'crude']);
});

test('forms of one word that only its language shows are not repeated', () => {
  const terms = [term('кошек', 10), term('кошки', 9), term('львы', 8)];
  const areForms = (one: string, other: string) => one.slice(0, 3) === other.slice(0, 3);
  expect(pickDiverse(terms, 3, { areForms }).map(({ key }) => key)).toEqual(['кошек', 'львы']);
});

test('with lambda 1 the order is that of the scores', () => {
  const terms = [term('alpha', 3), term('beta', 2), term('gamma', 1)];
  expect(pickDiverse(terms, 2, { lambda: 1 }).map(({ key }) => key)).toEqual(['alpha', 'beta']);
});

test('a half-alike term comes later than its score', () => {
  // "transport" and "transfer" share "trans": 5 of 9 characters.
  const terms = [term('transport', 10), term('transfer', 9.9), term('wallet', 9.5)];
  expect(pickDiverse(terms, 3, { lambda: 0.5 }).map(({ key }) => key)).toEqual([
    'transport',
    'wallet',
    'transfer',
  ]);
});

test('of terms that score alike, one that comes together with those chosen is next', () => {
  const terms = [term('moon', 10), term('bank', 8), term('orbit', 7.9)];
  const together = (one: ScoredTerm, other: ScoredTerm) => ([one.key, other.key].includes('bank') ? 0 : 0.25);
  expect(pickDiverse(terms, 3, { together }).map(({ key }) => key)).toEqual(['moon', 'orbit', 'bank']);
  expect(pickDiverse(terms, 3).map(({ key }) => key)).toEqual(['moon', 'bank', 'orbit']);
});

test('a term that never comes together with those chosen is left out, however few are found', () => {
  const terms = [term('moon', 10), term('bank', 9)];
  expect(pickDiverse(terms, 3, { together: () => -1 }).map(({ key }) => key)).toEqual(['moon']);
});

const pairsOf =
  (pairs: Record<string, number>) =>
  (one: ScoredTerm, other: ScoredTerm): number =>
    pairs[[one.key, other.key].sort().join(' ')] ?? -1;

test('a term that comes together with strangers less than they do is left out, one that does as much is not', () => {
  const terms = [term('internet', 10), term('apps', 9), term('maps', 8), term('phones', 7), term('bees', 6)];
  const together = pairsOf({ 'internet phones': 0.2, 'bees internet': -0.9 });
  const picked = pickDiverse(terms, 5, { first: terms.slice(0, 3), together });
  expect(picked.map(({ key }) => key)).toEqual(['internet', 'apps', 'maps', 'phones']);
});

test('of terms that hardly come together, one of several texts is taken while few are chosen', () => {
  const terms = [term('internet', 10), term('apps', 9), term('phones', 8)];
  const together = pairsOf({ 'apps internet': -0.5, 'internet phones': -0.5, 'apps phones': -0.5 });
  const known = terms.map((word) => ({ ...word, count: 3 }));
  const keys = (all: ScoredTerm[], options: object) => pickDiverse(all, 3, options).map(({ key }) => key);
  expect(keys(terms, { together })).toEqual(['internet']);
  expect(keys(known, { together })).toEqual(['internet', 'apps', 'phones']);
});

test('where terms belong together well, one that comes with them much less is left out', () => {
  const terms = [term('moon', 10), term('orbit', 9), term('crater', 8), term('week', 7)];
  const close = { 'moon orbit': 0.8, 'crater moon': 0.6, 'crater orbit': 0.6 };
  const together = pairsOf({ ...close, 'moon week': 0.1, 'orbit week': 0.1, 'crater week': 0.1 });
  expect(pickDiverse(terms, 4, { together }).map(({ key }) => key)).toEqual(['moon', 'orbit', 'crater']);
});

test('terms that are to be first stand first, even where they never come together', () => {
  const terms = [term('moon', 10), term('bank', 9), term('orbit', 8)];
  const first = [terms[2], terms[1]];
  const picked = pickDiverse(terms, 3, { first, together: () => -1 });
  expect(picked.map(({ key }) => key)).toEqual(['orbit', 'bank']);
});

test.each([
  ['killed', 'killing'],
  ['pay', 'paying'],
  ['tests', 'testing'],
  ['city', 'cities'],
  ['stop', 'stopping'],
  ['work', 'working'],
  ['charge', 'charged'],
])('%s and %s are one word', (one, other) => {
  expect(likeness(term(one, 1), term(other, 1))).toBe(1);
});

test.each([
  ['car', 'card'],
  ['car', 'care'],
  ['plan', 'plane'],
  ['war', 'warning'],
])('%s and %s are two words', (one, other) => {
  expect(likeness(term(one, 1), term(other, 1))).toBeLessThan(1);
});

test('no terms give no keywords', () => {
  expect(pickDiverse([], 5)).toEqual([]);
});

test('likeness is symmetric, 1 for shared words and 0 for strangers', () => {
  expect(likeness(term('oil prices', 1), term('oil', 1))).toBe(1);
  expect(likeness(term('war', 1), term('warning', 1))).toBe(0);
  expect(likeness(term('price', 1), term('prices', 1))).toBe(likeness(term('prices', 1), term('price', 1)));
});
