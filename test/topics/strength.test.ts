import { expect, test } from 'vitest';
import { strengthOf } from '../../src/topics/strength.js';

test('words of more of the texts, and of fewer others, tell a group better', () => {
  expect(strengthOf(8, 10, 10, 100)).toBeCloseTo(0.8 * Math.log(8), 12);
  expect(strengthOf(9, 10, 10, 100)).toBeGreaterThan(strengthOf(8, 10, 10, 100));
  expect(strengthOf(8, 10, 5, 100)).toBeGreaterThan(strengthOf(8, 10, 10, 100));
});

test('words that others have half as often tell nothing', () => {
  expect(strengthOf(8, 10, 41, 100)).toBe(0);
  expect(strengthOf(8, 10, 39, 100)).toBeGreaterThan(0);
});

test('words that no other text has are as strong as if half a text had them', () => {
  expect(strengthOf(5, 10, 0, 100)).toBeCloseTo(0.5 * Math.log(100), 12);
});

test('without other texts all words are equally strong', () => {
  expect(strengthOf(1, 10, 0, 0)).toBe(1);
  expect(strengthOf(9, 10, 0, 0)).toBe(1);
});
