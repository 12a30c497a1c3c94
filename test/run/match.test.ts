import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maximumMatching, type Pair } from '../../src/run/match.js';

const pairs = (...list: [number, number, number][]): Pair[] =>
  list.map(([before, after, weight]) => ({ before, after, weight }));

const total = (matched: readonly Pair[]) => matched.reduce((sum, { weight }) => sum + weight, 0);

/** The greatest total weight by trying everything. */
function best(list: readonly Pair[], used: ReadonlySet<string> = new Set(), from = 0): number {
  let most = 0;
  for (let at = from; at < list.length; at++) {
    const { before, after, weight } = list[at];
    if (used.has(`b${before}`) || used.has(`a${after}`)) continue;
    most = Math.max(most, weight + best(list, new Set([...used, `b${before}`, `a${after}`]), at + 1));
  }
  return most;
}

test('two second-best pairs together beat the best one', () => {
  // 0-0 is the heaviest, yet 0-1 and 1-0 weigh 1.1 together.
  const found = maximumMatching(pairs([0, 0, 0.6], [0, 1, 0.55], [1, 0, 0.55]));
  expect(found.map(({ before, after }) => [before, after])).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

test('a group without a free partner stays alone', () => {
  expect(maximumMatching(pairs([0, 0, 0.2], [1, 0, 0.9], [2, 0, 0.3]))).toEqual(pairs([1, 0, 0.9]));
  expect(maximumMatching([])).toEqual([]);
});

const anyPairs = fc
  .uniqueArray(fc.tuple(fc.nat(4), fc.nat(4), fc.integer({ min: 1, max: 20 })), {
    selector: ([before, after]) => `${before} ${after}`,
    maxLength: 12,
  })
  .map((list) => pairs(...list));

test('the total weight is the greatest there is, and each group is used once', () => {
  fc.assert(
    fc.property(anyPairs, (list) => {
      const found = maximumMatching(list);
      expect(total(found)).toBe(best(list));
      expect(new Set(found.map(({ before }) => before)).size).toBe(found.length);
      expect(new Set(found.map(({ after }) => after)).size).toBe(found.length);
      for (const pair of found) expect(list).toContainEqual(pair);
    }),
    { numRuns: 300 },
  );
});

test('the order of the pairs changes nothing', () => {
  fc.assert(
    fc.property(anyPairs, (list) => {
      expect(maximumMatching([...list].reverse())).toEqual(maximumMatching(list));
    }),
  );
});
