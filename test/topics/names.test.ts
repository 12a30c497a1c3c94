import { expect, test } from 'vitest';
import { nameByKeywords, nameOfMixed, withoutBeginnings } from '../../src/topics/names.js';

test.each([
  ['a short text is shown whole', 'how are you?', 'Mixed: “how are you?”'],
  [
    'a longer one ends at a word, without the sign after it',
    'Geospatial Data Abstraction Library - utility programs',
    'Mixed: “Geospatial Data Abstraction Library…”',
  ],
  [
    'a name that the texts have a placeholder for is shown as left out',
    'I love [NAME], but [NAME] is mad',
    'Mixed: “I love …, but … is mad”',
  ],
  [
    'what is left out at the ends is not shown',
    '@ann this is a link http://a.b/c',
    'Mixed: “this is a link”',
  ],
  ['a text without a letter is not shown', '12:30 - 14:00', 'Mixed texts'],
])('of a mixed group, %s', (_, text, name) => {
  expect(nameOfMixed(text)).toBe(name);
});

/** So many topics without names. */
const unnamed = (count: number) =>
  Array.from({ length: count }, (_, id) => ({
    id,
    size: 1,
    persistence: 0,
    keywords: [],
    name: '',
    exemplars: [],
  }));

test('a name begins with a capital, but for words with one inside and identifiers', () => {
  const words = [['oil prices', 'OPEC'], ['iPhone'], ['mod_rewrite', 'Apache'], ['_id']];
  const topics = unnamed(words.length);
  nameByKeywords(topics, words, [2, 1, 2, 1]);
  expect(topics.map(({ name }) => name)).toEqual([
    'Oil prices, OPEC',
    'iPhone',
    'mod_rewrite, Apache',
    '_id',
  ]);
});

test('a Turkish name begins with a Turkish capital', () => {
  const topics = unnamed(2);
  nameByKeywords(topics, [['iptal'], ['iron']], [1, 1], ['tr', 'en']);
  expect(topics.map(({ name }) => name)).toEqual(['İptal', 'Iron']);
});

test('a name that only a number tells from another gets one more part, the topic without more parts keeps its own', () => {
  const topics = unnamed(3);
  nameByKeywords(topics, [['exchange rate', 'purchase'], ['exchange rates'], ['exchange rates']], [1, 1, 1]);
  expect(topics.map(({ name }) => name)).toEqual([
    'Exchange rate, purchase',
    'Exchange rates',
    'Exchange rates (2)',
  ]);
});

test('of two topics of all kinds the one with a keyword is named by it', () => {
  const topics = unnamed(2);
  nameByKeywords(topics, [['Mixed texts'], ['Mixed texts', 'John Wick', 'film']], [1, 1]);
  expect(topics.map(({ name }) => name)).toEqual(['Mixed texts', 'Mixed: John Wick']);
});

test('names that differ only in the ending of a verb get one more part each', () => {
  const topics = unnamed(3);
  const names = [['verify identity', 'documents'], ['verifying identity', 'trouble'], ['planned trips']];
  nameByKeywords(topics, names, [1, 1, 1]);
  expect(topics.map(({ name }) => name)).toEqual([
    'Verify identity',
    'Verifying identity, trouble',
    'Planned trips',
  ]);
});

test('a name that is how another begins gets a further keyword, unless that makes the same name', () => {
  const names = ['Verify identity', 'Verify identity, ID', 'Excel', 'Excel, sheet', 'Linq', 'Linqpad, SQL'];
  const topics = unnamed(names.length).map((topic, at) => ({ ...topic, name: names[at] }));
  withoutBeginnings(topics, ['documents', 'proof', 'sheets', 'cell', 'query', 'tool']);
  expect(topics.map(({ name }) => name)).toEqual(['Verify identity, documents', ...names.slice(1)]);
});

test('a name that is how another begins stays without a further keyword', () => {
  const topics = unnamed(2).map((topic, at) => ({ ...topic, name: ['Excel', 'Excel, cell'][at] }));
  withoutBeginnings(topics, [undefined, undefined]);
  expect(topics.map(({ name }) => name)).toEqual(['Excel', 'Excel, cell']);
});
