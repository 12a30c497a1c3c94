import { describe, expect, test } from 'vitest';
import { logOdds, scoreWords, scoreWordsOfPart } from '../../src/topics/log-odds.js';

const counts = (record: Record<string, number>) => new Map(Object.entries(record));

describe('log-odds with an informative prior', () => {
  test('equals the formula of Monroe, Colaresi and Quinn, worked by hand', () => {
    // Prior of 10 words, half of them a: α = 5 and 5. a: first 8 of 10, second 2 of 10.
    // δ = ln(13 / 7) − ln(7 / 13) = 2 ln(13 / 7); σ² = 1/13 + 1/7.
    const scores = logOdds(counts({ a: 8, b: 2 }), counts({ a: 2, b: 8 }), counts({ a: 10, b: 10 }), 10);
    const wanted = (2 * Math.log(13 / 7)) / Math.sqrt(1 / 13 + 1 / 7);
    expect(scores).toEqual([
      { word: 'a', score: expect.closeTo(wanted, 12) },
      { word: 'b', score: expect.closeTo(-wanted, 12) },
    ]);
  });

  test('a word as common in both scores 0, whatever the groups weigh', () => {
    const scores = logOdds(
      counts({ the: 100, oil: 30 }),
      counts({ the: 1000, oil: 300 }),
      counts({ the: 1100, oil: 330 }),
    );
    for (const { score } of scores) expect(score).toBeCloseTo(0, 9);
  });

  test('a word seen once scores less than one seen often, and swapping the groups turns the signs', () => {
    const first = counts({ common: 500, telling: 40, chance: 1 });
    const second = counts({ common: 500, telling: 2, chance: 0, other: 30 });
    const all = counts({ common: 1000, telling: 42, chance: 1, other: 30 });
    const scores = new Map(logOdds(first, second, all).map(({ word, score }) => [word, score]));
    const swapped = new Map(logOdds(second, first, all).map(({ word, score }) => [word, score]));
    expect(scores.get('telling')).toBeGreaterThan(3);
    expect(Math.abs(scores.get('chance') ?? 9)).toBeLessThan(1);
    expect(scores.get('other')).toBeLessThan(-3);
    for (const [word, score] of scores) expect(swapped.get(word)).toBeCloseTo(-score, 9);
  });

  test('a part of all texts scores as against counts of the rest, without the words that it has few of', () => {
    const part = counts({ common: 500, telling: 40, chance: 1 });
    const rest = counts({ common: 500, telling: 2, chance: 3, other: 30 });
    const all = counts({ common: 1000, telling: 42, chance: 4, other: 30 });
    const expected = scoreWords(part, rest, all).filter(({ word }) => ['common', 'telling'].includes(word));
    expect(scoreWordsOfPart(part, all, 2)).toEqual(expected);
  });

  test('an empty group and an unknown background give finite scores', () => {
    for (const { score } of logOdds(counts({ a: 3 }), new Map(), new Map()))
      expect(Number.isFinite(score)).toBe(true);
    expect(logOdds(new Map(), new Map(), new Map())).toEqual([]);
  });
});
