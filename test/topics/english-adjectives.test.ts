import { expect, test } from 'vitest';
import { describesNext, isOfCountry, isOfNoun, withFollower } from '../../src/topics/english-adjectives.js';
import { WordFinder } from '../../src/topics/occurrences.js';
import { FIRST_FORM } from '../../src/topics/tokens.js';
import { numberOf, tokenized } from './tokenized.js';

/** Asks about words of the texts. */
async function asked(texts: string[]) {
  const { tokens, places, uses } = await tokenized(texts);
  const alone = (word: string) => {
    const number = numberOf(tokens, word);
    const { positions } = new WordFinder(tokens).find(places[0], [number]);
    return { at: positions.get(number) ?? new Int32Array(), before: 0, after: 0 };
  };
  const wordAt = (position: number) => tokens.words[tokens.wordOf[tokens.stream[position] - FIRST_FORM]];
  return {
    isOfNoun: (word: string) => isOfNoun(word, tokens),
    isOfCountry: (word: string) => isOfCountry(word, tokens),
    describes: (word: string) => describesNext(alone(word), tokens, uses),
    pairOf: (word: string) => {
      const pair = withFollower(alone(word), tokens, uses, 2);
      return pair && [pair.at.length, pair.after, wordAt(pair.at[0])];
    },
  };
}

test('a word with an ending of adjectives is made of a noun that the texts have, unless it has a plural', async () => {
  const { isOfNoun } = await asked([
    'the economy and the parliament of politics',
    'economic, parliamentary and political news',
    'the portal of the port, two portals',
    'a topic at the top',
    'a hospital',
  ]);
  expect(['economic', 'parliamentary', 'political'].filter((word) => !isOfNoun(word))).toEqual([]);
  expect(['portal', 'topic', 'hospital', 'parliament', 'unknown'].filter(isOfNoun)).toEqual([]);
});

test('a word is made of the name of a country that the texts have', async () => {
  const { isOfCountry } = await asked([
    'European and Iraqi news of Europe and Iraq',
    'Italian Italy',
    'a Martian',
  ]);
  expect(['european', 'iraqi', 'italian', 'martian'].filter(isOfCountry)).toEqual([
    'european',
    'iraqi',
    'italian',
  ]);
});

test('made of a noun, a country or a number, a word describes the one after it, unless it often stands alone', async () => {
  const { describes } = await asked([
    'in Europe a European nation, the European member and European law',
    'a third-quarter loss, the third-quarter profit and third-quarter sales',
    'coastal region: the coast of regional trade, regional law, regional roads',
    'an Italian, the Italian, of an Italian in Italy',
  ]);
  expect(['european', 'third-quarter', 'regional'].filter((word) => !describes(word))).toEqual([]);
  expect(['italian', 'nation', 'trade'].filter(describes)).toEqual([]);
});

test('an adjective is shown with the noun that often follows it, not with a part of a longer phrase', async () => {
  const { pairOf } = await asked([
    'the European Union of states',
    'a European Union',
    'European leaders',
    'the leukemic virus strain',
    'a leukemic virus strain',
    'an economic plan, economic news, economic law',
  ]);
  expect(pairOf('european')).toEqual([2, 1, 'european']);
  expect(pairOf('leukemic')).toBeUndefined();
  expect(pairOf('economic')).toBeUndefined();
});
