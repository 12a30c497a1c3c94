import { expect, test } from 'vitest';
import { WordFinder } from '../../src/topics/occurrences.js';
import { Postings } from '../../src/topics/postings.js';
import { spread } from '../../src/topics/spread.js';
import { FIRST_FORM } from '../../src/topics/tokens.js';
import { numberOf, tokenized } from './tokenized.js';

const TEXTS = ['oil prices rise', 'oil prices fall', 'prices of homes', 'oil prices fall', 'a barrel of oil'];

test('a word is found in all texts that have it, in copies of a text once', async () => {
  const { tokens } = await tokenized(TEXTS);
  const texts = Array.from(
    new Postings(tokens).ofWord(numberOf(tokens, 'prices')),
    (place) => TEXTS[tokens.order[place]],
  );
  expect(texts).toEqual(['oil prices fall', 'oil prices rise', 'prices of homes']);
});

test('a phrase is found in the texts that have all of its words', async () => {
  const { tokens, places } = await tokenized(TEXTS);
  const oil = numberOf(tokens, 'oil');
  const at = new WordFinder(tokens).find(places[0], [oil]).positions.get(oil) ?? new Int32Array();
  const withPrices = at.filter(
    (position) => tokens.forms[tokens.stream[position + 1] - FIRST_FORM] === 'prices',
  );
  const phrase = { at: withPrices, before: 0, after: 1 };
  const found = new Postings(tokens).ofPhrase(phrase);
  expect(Array.from(found, (place) => TEXTS[tokens.order[place]])).toEqual([
    'oil prices fall',
    'oil prices rise',
  ]);
});

test('values are taken evenly where there are more than wanted', () => {
  expect(spread([1, 2, 3, 4, 5, 6], 3)).toEqual([1, 3, 5]);
  expect(spread([1, 2], 3)).toEqual([1, 2]);
});

test('a word in any form is found in the texts that have one of its own', async () => {
  const texts = ['change a PIN', 'my PIN was changed', 'changing PINs', 'a chance', 'stop it', 'it stopped'];
  const { tokens, places } = await tokenized(texts);
  const found = (form: string) => {
    const word = numberOf(tokens, form);
    const at = new WordFinder(tokens).find(places[0], [word]).positions.get(word) ?? new Int32Array();
    const all = new Postings(tokens).ofForms({ at, before: 0, after: 0 });
    return Array.from(all, (place) => texts[tokens.order[place]]).sort();
  };
  expect(found('changed')).toEqual(['change a PIN', 'changing PINs', 'my PIN was changed']);
  expect(found('stopped')).toEqual(['it stopped', 'stop it']);
});
