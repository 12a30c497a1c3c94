import { expect, test } from 'vitest';
import { differentTexts } from '../../src/topics/groups.js';
import { preferShared, scoreGroups, WordCounter } from '../../src/topics/keywords.js';
import { numberOf, tokenized } from './tokenized.js';

async function scored(...groups: string[][]) {
  const { tokens, places, uses } = await tokenized(...groups);
  const counter = new WordCounter(tokens);
  const counts = places.map((members) => counter.count(differentTexts(members, tokens), uses));
  return { tokens, counts, scores: scoreGroups(counts, tokens) };
}

test('weights are tf · ln(1 + A / f) over the groups that use the word, counted by hand', async () => {
  // Content words: oil rises, oil falls, oil oil: 6. Rain falls, rain: 3.
  const { tokens, scores } = await scored(
    ['the oil rises', 'oil falls', 'oil, oil'],
    ['rain falls', 'a rain'],
  );
  const mean = (6 + 3) / 2;
  const scoreOf = (group: number, word: string) =>
    scores[group].find((term) => term.word === numberOf(tokens, word))?.score;
  expect(scoreOf(0, 'oil')).toBeCloseTo(3 * Math.log(1 + mean / 3), 12);
  expect(scoreOf(0, 'rises')).toBeCloseTo(1 * Math.log(1 + mean / 1), 12);
  // In both groups, so f = 2, and two groups use it.
  expect(scoreOf(0, 'falls')).toBeCloseTo(Math.log(1 + mean / 2) / 2 ** 0.3, 12);
  expect(scoreOf(0, 'the')).toBeUndefined();
  expect(scores[1][0].word).toBe(numberOf(tokens, 'rain'));
});

test('a text counts a word once, a copy of a text not at all, a copied line once', async () => {
  const copied = 'The agency confirmed momentum faltered as the trade gap swelled sharply in spring';
  const { tokens, counts } = await scored([
    `one\n${copied}`,
    `two\n${copied}`,
    'price price',
    'price price',
    'a price',
  ]);
  const [{ words, texts }] = counts;
  const count = (word: string) => texts[words.indexOf(numberOf(tokens, word))];
  expect(count('momentum')).toBe(1);
  expect(count('price')).toBe(2);
});

test('words that few texts of a topic hold come last, and only where names would be short of words', () => {
  const terms = [
    { word: 0, texts: 1, score: 9, isSpread: false, isOwn: true },
    { word: 1, texts: 5, score: 8, isSpread: false, isOwn: true },
    { word: 2, texts: 5, score: 7, isSpread: false, isOwn: true },
  ];
  expect(preferShared(terms, 40, 2).map(({ word }) => word)).toEqual([1, 2]);
  expect(preferShared(terms, 40, 3).map(({ word }) => word)).toEqual([1, 2, 0]);
  expect(preferShared(terms, 2, 3)).toEqual(terms);
});

test('a word that more than three groups and an eighth of them use about as much is spread', async () => {
  const groups = ['apple', 'pear', 'plum', 'quince'].map((name) => [
    `${name} report`,
    `${name} report now`,
    name,
  ]);
  const isSpread = async (...all: string[][]) => {
    const { tokens, scores } = await scored(...all);
    return ['report', 'apple'].map(
      (word) => scores[0].find((term) => term.word === numberOf(tokens, word))?.isSpread,
    );
  };
  expect(await isSpread(...groups)).toEqual([true, false]);
  expect(await isSpread(...groups.slice(0, 3))).toEqual([false, false]);
});

test('a word is of its own to the group with the largest share of texts that have it', async () => {
  const { tokens, scores } = await scored(
    ['oil price', 'oil', 'crude oil', 'oil price'],
    ['rain price', 'rain', 'rain price'],
  );
  const isOwn = (group: number, word: string) =>
    scores[group].find((term) => term.word === numberOf(tokens, word))?.isOwn;
  expect(isOwn(0, 'oil')).toBe(true);
  expect([isOwn(0, 'price'), isOwn(1, 'price')]).toEqual([false, true]);
});
