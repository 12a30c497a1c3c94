import { expect, test } from 'vitest';
import { type TaggedText, tagWords, WordClasses } from '../../src/topics/word-classes.js';

const ANIMALS = ['Where do pandas live?', 'What animals live in Africa?', 'Do wolves live in packs?'];

test('a verb and an adjective are no nouns where they stand as such, though no ending shows it', async () => {
  const { words, all, nouns } = await tagWords(ANIMALS);
  const of = (word: string) => [all[words.indexOf(word)], nouns[words.indexOf(word)]];
  expect(of('live')).toEqual([3, 0]);
  expect(of('animals')).toEqual([1, 1]);
});

test('a text that was tagged before is known, and counts each time', async () => {
  const known = new Map<string, TaggedText>();
  const first = await tagWords(ANIMALS, known);
  expect([...known.keys()]).toEqual(ANIMALS);
  expect(await tagWords(ANIMALS, known)).toEqual(first);
  known.set(ANIMALS[0], { words: ['told'], isNoun: [true] });
  expect(await tagWords([ANIMALS[0], ANIMALS[0]], known)).toEqual({
    words: ['told'],
    all: Uint16Array.of(2),
    nouns: Uint16Array.of(2),
  });
});

test('markup and links are no words', async () => {
  const { words } = await tagWords(['Read <b>news</b> at https://example.org/live today', 'AT&amp;T is up']);
  expect(words.filter((word) => /^(?:b|https?|example|amp)$/.test(word))).toEqual([]);
});

test('words are what they are in most places of a group, and where those are few, of all groups', async () => {
  const animals = await tagWords([...ANIMALS, ...ANIMALS]);
  const places = await tagWords([
    'The live was a show',
    'My answer is yes',
    'An answer, please',
    'The answer was no',
  ]);
  const classes = new WordClasses([animals, places, await tagWords([])]);
  const [isNoun, isNounElsewhere, isNounOfNone] = [0, 1, 2].map((group) => classes.ofGroup(group));
  expect(isNoun('live')).toBe(false);
  expect(isNounElsewhere('live')).toBe(false);
  expect(isNounOfNone('answer')).toBe(true);
  expect(isNoun('unknown')).toBeUndefined();
});

test('a group of which nothing is known has no classes', () => {
  expect(new WordClasses([]).ofGroup(3)('word')).toBeUndefined();
});
