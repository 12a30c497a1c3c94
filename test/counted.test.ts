import { expect, test } from 'vitest';
import { counted, percent, percentOf } from '../src/counted.js';

test('a count has the plural where it is not 1, and thousands apart', () => {
  expect([0, 1, 1204].map((count) => counted(count, 'row'))).toEqual(['0 rows', '1 row', '1,204 rows']);
  expect(counted(2, 'match', 'matches')).toBe('2 matches');
});

test.each([
  [0, '0 %', '0 %'],
  [0.0004, '<1 %', '<0.1 %'],
  [0.004, '<1 %', '0.4 %'],
  [0.5, '50 %', '50.0 %'],
  [0.789, '79 %', '78.9 %'],
  [0.9999, '99 %', '99.9 %'],
  [1, '100 %', '100.0 %'],
])('a share of %f is %s, or %s', (share, whole, fine) => {
  expect(percent(share)).toBe(whole);
  expect(percent(share, 1)).toBe(fine);
});

test('a share of nothing is 0 %', () => {
  expect(percentOf(0, 0)).toBe('0 %');
  expect(percentOf(1, 3, 1)).toBe('33.3 %');
});
