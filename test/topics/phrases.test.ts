import { expect, test } from 'vitest';
import { textsWith, WordFinder } from '../../src/topics/occurrences.js';
import { growPhrase, longerName, partOf } from '../../src/topics/phrases.js';
import { Speller } from '../../src/topics/spelling.js';
import { numberOf, tokenized } from './tokenized.js';

/** The phrase that a word of these texts grows to, as it is shown. */
async function grown(word: string, texts: string[], more: string[] = []) {
  const { tokens, places, uses } = await tokenized(texts, more);
  const number = numberOf(tokens, word);
  const group = new WordFinder(tokens).find(places[0], [number]);
  return new Speller(tokens).spell(growPhrase(number, group, tokens, uses, 2));
}

const filler = (text: string, i: number) =>
  `${text}, says speaker${i} of station${i} about matter${i} and affair${i}`;

test.each([
  [
    'cardinals',
    ['fans of the St. Louis Cardinals', 'when St. Louis Cardinals won', 'the Cardinals'],
    'St. Louis Cardinals',
  ],
  ['york', ['in New York again', 'from New York to Rome', 'a New York court'], 'New York'],
  [
    'sharon',
    ['with Prime Minister Ariel Sharon', 'and Prime Minister Ariel Sharon', 'to Ariel Sharon'],
    'Prime Minister Ariel Sharon',
  ],
  [
    'justice',
    ['the Department of Justice', 'a Department of Justice case', 'at the Department of Justice'],
    'Department of Justice',
  ],
  ['halo', ['they play Halo 2', 'sales of Halo 2', 'how Halo 2 ends'], 'Halo 2'],
  [
    'offering',
    ['an initial public offering', 'two initial public offerings', 'the initial public offering'],
    'initial public offering',
  ],
  ['inform', ['so it is. Please inform them', 'it was. Please inform me'], 'inform'],
  ['prices', ['the oil prices', 'and oil prices', 'of oil prices'], 'oil prices'],
  ['bank', ['at the bank', 'in the bank', 'by the bank'], 'bank'],
  ['rises', ['oil rises', 'gas rises', 'gold rises'], 'rises'],
  ['top', ['I top up', 'to top up now', 'a top up'], 'top up'],
  ['win', ['cubs win cubs win', 'the cubs win cubs win', 'so cubs win cubs win'], 'cubs win'],
  ['vitro', Array.from({ length: 20 }, (_, i) => `cells${i} in vitro`), 'in vitro'],
  [
    'street',
    ['passengers and Wall Street', 'a passengers and Wall Street', 'passengers and Wall Street'],
    'Wall Street',
  ],
  ['black', ['on Black Friday', 'before black Friday', 'a Black Friday'], 'Black Friday'],
  ['court', ['the court Monday', 'a court Friday', 'the court Monday'], 'court'],
  ['tulsa', ['found in Tulsa', 'lost in Tulsa', 'seen in Tulsa'], 'Tulsa'],
  ['shares', ['of shares, bonds', 'with shares, bonds', 'the shares, bonds'], 'shares'],
])('%s grows to the phrase it is a part of', async (word, texts, phrase) => {
  expect(await grown(word, texts.map(filler))).toBe(phrase);
});

test('a word that is a part of many names is one alone in none', async () => {
  const states = ['Ohio', 'Boise', 'Iowa', 'Penn'].flatMap((name) => [
    `for ${name} State`,
    `when ${name} State`,
  ]);
  const { tokens, places, uses } = await tokenized(states.map(filler));
  const number = numberOf(tokens, 'state');
  const group = new WordFinder(tokens).find(places[0], [number]);
  expect(growPhrase(number, group, tokens, uses, 2).at).toHaveLength(8);
  expect(partOf(number, group, tokens, uses, 3)).toEqual({ bound: true });
});

test('the end of several longer names is none of its own, that of one stands for it', async () => {
  const asked = async (texts: string[], word: string) => {
    const { tokens, places, uses } = await tokenized(texts.map(filler));
    const number = numberOf(tokens, word);
    const group = new WordFinder(tokens).find(places[0], [number]);
    const { isEnd, whole } = longerName(growPhrase(number, group, tokens, uses, 2), tokens, uses);
    return { isEnd, whole: whole && new Speller(tokens).spell(whole) };
  };
  const lines = ['Delta', 'Northwest', 'United', 'Alaska'].flatMap((name) => [
    `for ${name} Air Lines`,
    `when ${name} Air Lines`,
  ]);
  expect(await asked(lines, 'lines')).toEqual({ isEnd: true, whole: undefined });
  const alone = ['for the Air Lines', 'when Air Lines', 'of Air Lines'];
  expect(await asked(alone, 'lines')).toEqual({ isEnd: false, whole: undefined });
  // A partner of the half that is looked for first would have been taken in already.
  const most = [
    ...alone.slice(0, 2),
    'of Delta Air Lines',
    'by Delta Air Lines',
    'in Delta Air Lines',
    'at Alaska Air Lines',
    'as Air Lines',
  ];
  expect(await asked(most, 'lines')).toEqual({ isEnd: false, whole: 'Delta Air Lines' });
});

test('a name that mostly follows one other is shown with it, a noun is not', async () => {
  const asked = async (word: string) => {
    const texts = ['of Coach Ann Lee', 'the Lee goals', 'when Ann Lee', 'so Ann Lee', 'as Ann Lee', 'by Lee'];
    const { tokens, places, uses } = await tokenized([...texts, 'Final Goals', 'Final Goals'].map(filler));
    const number = numberOf(tokens, word);
    const at = new WordFinder(tokens).find(places[0], [number]).positions.get(number) ?? new Int32Array();
    const { isEnd, whole } = longerName({ at, before: 0, after: 0 }, tokens, uses);
    return { isEnd, whole: whole && new Speller(tokens).spell(whole) };
  };
  expect(await asked('lee')).toEqual({ isEnd: false, whole: 'Ann Lee' });
  expect(await asked('goals')).toEqual({ isEnd: false, whole: undefined });
});

test('a longer name has all of its beginning, or is not shown', async () => {
  const asked = async (texts: string[]) => {
    const { tokens, places, uses } = await tokenized(texts);
    const number = numberOf(tokens, 'spitzer');
    const group = new WordFinder(tokens).find(places[0], [number]);
    const at = group.positions.get(number) ?? new Int32Array();
    const { whole } = longerName({ at, before: 1, after: 0 }, tokens, uses);
    return whole && new Speller(tokens).spell(whole);
  };
  const city = ['with New York Eliot Spitzer', 'and New York Eliot Spitzer', 'to New York Eliot Spitzer'];
  expect(await asked(city)).toBe('New York Eliot Spitzer');
  const cities = ['with New York Eliot Spitzer', 'and Old York Eliot Spitzer', 'to Big York Eliot Spitzer'];
  expect(await asked(cities)).toBeUndefined();
});

test('a phrase is in so many texts, not occurrences', async () => {
  const { tokens, places } = await tokenized(['oil and oil', 'no oil here', 'rain']);
  const number = numberOf(tokens, 'oil');
  const { positions } = new WordFinder(tokens).find(places[0], [number]);
  const at = positions.get(number) ?? new Int32Array();
  expect(at).toHaveLength(3);
  expect(textsWith({ at, before: 0, after: 0 }, tokens)).toBe(2);
});

test('a word that stands after one preposition nearly everywhere is shown with it in a group that has it seldom', async () => {
  const few = ['cells in vitro', 'tissue in vitro', 'these in vitro'];
  const elsewhere = (text: (i: number) => string) => Array.from({ length: 20 }, (_, i) => text(i));
  expect(
    await grown(
      'vitro',
      few,
      elsewhere((i) => `blood${i} in vitro`),
    ),
  ).toBe('in vitro');
  const alone = elsewhere((i) => (i < 5 ? `vitro of blood${i}` : `blood${i} in vitro`));
  expect(await grown('vitro', few, alone)).toBe('vitro');
  expect(await grown('vitro', few)).toBe('vitro');
});
