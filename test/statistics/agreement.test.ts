import { expect, test } from 'vitest';
import { agreementOf, agreementText } from '../../src/statistics/agreement.js';

test('equal groupings under other numbers agree wholly', () => {
  expect(agreementOf([0, 0, 1, 1, -1], [5, 5, 2, 2, 0])).toEqual({
    rows: 4,
    adjustedRand: 1,
    normalizedMutualInformation: 1,
  });
});

test('measures are those worked by hand', () => {
  // {0,1,2} {3,4,5} against {0,1} {2,3} {4,5}: 2 of 15 pairs are together in both, 6 and 3 in each.
  const found = agreementOf([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2]);
  const expected = (6 * 3) / 15;
  expect(found.adjustedRand).toBeCloseTo((2 - expected) / (4.5 - expected), 12);
  // H = ln 2 and ln 3; joint: 1/3, 1/6, 1/6, 1/3.
  const joint = (2 / 3) * Math.log(3) + (1 / 3) * Math.log(6);
  const mutual = Math.log(2) + Math.log(3) - joint;
  expect(found.normalizedMutualInformation).toBeCloseTo(mutual / ((Math.log(2) + Math.log(3)) / 2), 12);
});

test('a row in no group of one takes no part, and of no rows nothing is measured', () => {
  expect(agreementOf([0, -1, 1], [0, 0, -1])).toMatchObject({ rows: 1, adjustedRand: 1 });
  for (const second of [[], [-1, -1]]) {
    const none = agreementOf(
      second.map(() => 0),
      second,
    );
    expect(none).toEqual({ rows: 0, adjustedRand: null, normalizedMutualInformation: null });
    expect(agreementText(none)).toBeUndefined();
  }
  expect(agreementText(agreementOf([0, 0], [1, 1]))).toBe('adjusted Rand index 1.000, NMI 1.000');
});
