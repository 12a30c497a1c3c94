import { expect, test } from 'vitest';
import { nameOfMixed } from '../../src/topics/names.js';

test.each([
  ['a short text is shown whole', 'how are you?', 'Mixed: “how are you?”'],
  [
    'a longer one ends at a word, without the sign after it',
    'Geospatial Data Abstraction Library - utility programs',
    'Mixed: “Geospatial Data Abstraction Library…”',
  ],
  ['a text without a letter is not shown', '12:30 - 14:00', 'Mixed texts'],
])('of a mixed group, %s', (_, text, name) => {
  expect(nameOfMixed(text)).toBe(name);
});
