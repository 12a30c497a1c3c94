import { expect, test } from 'vitest';
import { lowerBound } from '../src/lower-bound.js';

test('the first number that is not less is found, of equal ones the first', () => {
  const ascending = Int32Array.of(2, 5, 5, 9);
  expect([1, 2, 3, 5, 6, 9, 10].map((value) => lowerBound(ascending, value))).toEqual([0, 0, 1, 1, 3, 3, 4]);
  expect(lowerBound(new Float64Array(), 1)).toBe(0);
});
