import { expect, test } from 'vitest';
import { after, endOf, HYPHENATED, INSIDE, kindAt, LETTER, STARTS } from '../../src/topics/characters.js';

test('every character is what its Unicode category says, asked for once and again', () => {
  const wrong: number[] = [];
  for (let code = 0; code < 0x20000; code++) {
    const character = String.fromCodePoint(code);
    const isLetter = /\p{L}/u.test(character);
    const starts = /[\p{L}\p{N}_]/u.test(character);
    const hyphenated = /[\p{L}\p{M}\p{N}_]/u.test(character);
    const inside = /[\p{L}\p{M}\p{N}_\u200c\u200d]/u.test(character);
    for (const kind of [kindAt(character, 0), kindAt(character, 0)]) {
      const found = [LETTER, STARTS, HYPHENATED, INSIDE].map((bit) => (kind & bit) !== 0);
      const expected = [isLetter, starts, hyphenated, inside];
      if (found.some((flag, at) => flag !== expected[at])) wrong.push(code);
      if (after(0, kind) !== character.length) wrong.push(code);
    }
  }
  expect(wrong).toEqual([]);
});

test('after the end of a text there is nothing', () => {
  expect(kindAt('a', 1)).toBe(0);
  expect(kindAt('', 0)).toBe(0);
  expect(endOf('ab', 0, INSIDE)).toBe(2);
});

test('a run ends at the first character of another kind, whole pairs taken', () => {
  expect(endOf('\u{1d49c}\u{1d49e}-', 0, INSIDE)).toBe(4);
  expect(endOf('a\u200db', 0, HYPHENATED)).toBe(1);
  expect(endOf('a\u200db', 0, INSIDE)).toBe(3);
});
