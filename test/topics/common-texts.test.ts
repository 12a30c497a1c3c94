import { describe, expect, test } from 'vitest';
import { commonTexts, hasWord } from '../../src/topics/common-texts.js';

/** Each text as often as it is listed with a number. */
const rowsOf = (texts: Record<string, number>) =>
  Object.entries(texts).map(([text, rows]) => ({ text, rows }));

describe('commonTexts', () => {
  test('finds the two commonest of the short texts that many rows are', () => {
    const texts = { Good: 40, Nice: 20, Great: 15, 'Driver was late and rude to all of us': 25 };
    expect(commonTexts(rowsOf(texts))).toEqual(['Good', 'Nice']);
  });

  test('counts capitals, marks and pictures after the words as the same text, as most rows write it', () => {
    const texts = { 'good!': 2, Good: 3, 'GOOD 👍🏽': 1, 'Good .': 2, other: 1, else: 1 };
    expect(commonTexts(rowsOf(texts))).toEqual(['Good']);
  });

  test('counts pictures alone by the first one', () => {
    expect(commonTexts(rowsOf({ '👍': 2, '👍👍👍': 1, '👍🏻': 1, ok: 1 }))).toEqual(['👍']);
  });

  test('finds none where no text is in 15 % of the rows, or in three', () => {
    const apart = Object.fromEntries(Array.from({ length: 86 }, (_, at) => [`text number ${at}`, 1]));
    expect(commonTexts(rowsOf({ Good: 14, ...apart }))).toEqual([]);
    expect(commonTexts(rowsOf({ Good: 16, ...apart }))).toEqual(['Good']);
    expect(commonTexts(rowsOf({ Good: 2, Bad: 1 }))).toEqual([]);
  });

  test('finds none among long texts and texts without words or pictures', () => {
    const long = 'The driver was late and rude to all of us in the car';
    expect(commonTexts(rowsOf({ [long]: 5, '...': 5, '12': 5 }))).toEqual([]);
  });
});

test('hasWord finds a word whole, whatever its capitals', () => {
  expect(hasWord('Good service', 'Service')).toBe(true);
  expect(hasWord('Good care', 'car')).toBe(false);
});
