import { describe, expect, test } from 'vitest';
import { type ScoredTerm, settlePhrases, TermCounts } from '../../src/topics/keywords.js';
import { Divider } from '../../src/topics/words.js';

const counting = { divider: new Divider('en'), stopWords: new Set(['the', 'a', 'of']) };
const term = (key: string, count: number, score: number): ScoredTerm => ({
  key,
  words: key.split(' '),
  count,
  score,
});

describe('TermCounts', () => {
  test('weights are tf · ln(1 + A / f), counted by hand', async () => {
    const counts = new TermCounts();
    // Words: oil rises | oil falls | oil oil → 6 telling words. Oil is in 3 texts.
    const first = await counts.addClass(['the oil rises', 'oil falls', 'oil, oil'], counting);
    // Words: rain falls | rain → 3 telling words.
    const second = await counts.addClass(['rain falls', 'a rain'], counting);
    const mean = (6 + 3) / 2;
    const scores = new Map(counts.score(first).map(({ key, score }) => [key, score]));
    expect(scores.get('oil')).toBeCloseTo(3 * Math.log(1 + mean / 3), 12);
    expect(scores.get('rises')).toBeCloseTo(1 * Math.log(1 + mean / 1), 12);
    // In both classes, so f = 2.
    expect(scores.get('falls')).toBeCloseTo(1 * Math.log(1 + mean / 2), 12);
    expect(scores.get('oil rises')).toBeCloseTo(1 * Math.log(1 + mean / 1), 12);
    expect(scores.has('the')).toBe(false);
    expect(counts.score(second)[0].key).toBe('rain');
  });

  test('stop words and punctuation part pairs', async () => {
    const terms = await new TermCounts().addClass(['price of oil, gas line'], counting);
    const keys = terms.map(({ key }) => key);
    expect(keys.sort()).toEqual(['gas', 'gas line', 'line', 'oil', 'price']);
  });

  test('a term is shown as it is written most, and not as headlines shout it', async () => {
    const counts = new TermCounts();
    const texts = [
      'iPhone sale',
      'iPhone',
      'IPHONE',
      'ATHENS ATHENS',
      'ATHENS games in Athens',
      'NASA',
      'Nasa',
      'NASA',
    ];
    await counts.addClass(texts, counting);
    const formOf = (word: string) => counts.formOf([word]);
    expect(formOf('iphone')).toBe('iPhone');
    expect(formOf('athens')).toBe('Athens');
    expect(formOf('nasa')).toBe('NASA');
  });

  test('a line copied by many texts counts once, a short answer as often as it is given', async () => {
    const copied = 'The agency confirmed momentum faltered as the trade gap swelled sharply in spring';
    const terms = await new TermCounts().addClass(
      [`one\n${copied}`, `two\n${copied}`, 'price', 'price'],
      counting,
    );
    const count = new Map(terms.map(({ key, count }) => [key, count]));
    expect(count.get('momentum')).toBe(1);
    expect(count.get('price')).toBe(2);
  });

  test('memory stays bounded while frequent terms keep their counts', async () => {
    const counts = new TermCounts(1000);
    const texts = Array.from({ length: 5000 }, (_, i) => `common word${i} other${i}`);
    const [best] = await counts.addClass(texts, counting);
    expect(best).toMatchObject({ key: 'common', count: 5000 });
    expect(counts.size).toBeLessThanOrEqual(1001);
  });
});

describe('settlePhrases', () => {
  test('a pair stands for its words where half of their texts hold it', () => {
    const settled = settlePhrases([term('oil', 6, 9), term('prices', 4, 7), term('oil prices', 4, 8)], 10);
    expect(settled.map(({ key }) => key)).toEqual(['oil prices', 'oil', 'prices']);
  });

  test('a pair that is rarer than half of a word goes', () => {
    const settled = settlePhrases([term('oil', 9, 9), term('prices', 4, 7), term('oil prices', 4, 8)], 10);
    expect(settled.map(({ key }) => key)).toEqual(['oil', 'prices']);
  });

  test('pairs that overlap become one phrase of three words', () => {
    const pairs = [term('initial public', 3, 4), term('public offering', 3, 4), term('offering today', 3, 4)];
    const words = ['initial', 'public', 'offering', 'today'].map((word) => term(word, 3, 3));
    const phrases = settlePhrases([...words, ...pairs], 4).filter(({ words }) => words.length > 1);
    expect(phrases.map(({ words }) => words.length).sort()).toEqual([2, 3]);
    expect(phrases.map(({ key }) => key)).toContain('initial public offering');
  });
});
