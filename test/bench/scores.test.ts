import { describe, expect, test } from 'vitest';
import { adjustedMutualInformation, adjustedRandIndex } from '../../bench/scores.js';

const places = Array.from({ length: 60 }, (_, i) => i);

// Made by scikit-learn 1.9.1: adjusted_mutual_info_score and adjusted_rand_score.
const EXPECTED: [string, number[], number[], number, number][] = [
  [
    'overlapping groups',
    [0, 0, 0, 1, 1, 1, 2, 2],
    [0, 0, 1, 1, 1, 2, 2, 2],
    0.31967265056964694,
    0.238095238,
  ],
  ['the same groups', [0, 0, 1, 1], [0, 0, 1, 1], 1, 1],
  ['the same groups with other numbers', [0, 0, 1, 1], [5, 5, 3, 3], 1, 1],
  ['each row a group in both', [0, 1, 2, 3], [3, 2, 1, 0], 1, 1],
  ['one group against three', [0, 0, 0, 0, 0, 0], [0, 1, 2, 0, 1, 2], 0, 0],
  ['each row a group against one group', [0, 1, 2, 3], [0, 0, 0, 0], 0, 0],
  [
    'unequal groups, with −1 as one of them',
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2],
    [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, -1, -1],
    0.5495434440322194,
    0.35714285714285715,
  ],
  [
    'groups that agree less than by chance',
    places.map((i) => i % 7),
    places.map((i) => (i * i) % 11),
    -0.14529662704921126,
    -0.07372841810545963,
  ],
];

describe('agreement of two labellings', () => {
  test.each(EXPECTED)("%s: both scores are scikit-learn's, in either order", (_, a, b, information, rand) => {
    expect(adjustedMutualInformation(a, b)).toBeCloseTo(information, 9);
    expect(adjustedMutualInformation(b, a)).toBeCloseTo(information, 9);
    expect(adjustedRandIndex(a, b)).toBeCloseTo(rand, 8);
    expect(adjustedRandIndex(b, a)).toBeCloseTo(rand, 8);
  });

  test('no rows or one row agree fully', () => {
    for (const rows of [[], [3]]) {
      expect(adjustedMutualInformation(rows, rows)).toBe(1);
      expect(adjustedRandIndex(rows, rows)).toBe(1);
    }
  });
});
