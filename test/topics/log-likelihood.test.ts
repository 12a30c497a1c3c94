import { expect, test } from 'vitest';
import { logLikelihood } from '../../src/topics/log-likelihood.js';

test('the log-likelihood is that of Dunning, counted by hand, and 0 for words that avoid each other', () => {
  // 10 of 10 and 10 of 10 among 100: 2 · (10 ln 10 + 90 ln (100 / 90)).
  expect(logLikelihood(10, 10, 10, 100)).toBeCloseTo(2 * (10 * Math.log(10) + 90 * Math.log(100 / 90)), 9);
  expect(logLikelihood(1, 10, 10, 100)).toBe(0);
  expect(logLikelihood(0, 10, 10, 100)).toBe(0);
});
