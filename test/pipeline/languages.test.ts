import { expect, test } from 'vitest';
import { foreignAhead, foreignTexts, frequentLanguages } from '../../src/pipeline/languages.js';

const mixed = [
  { language: 'en', rows: 1715 },
  { language: 'de', rows: 1144 },
  { language: '', rows: 20 },
];

test('texts in languages that an English model does not know are counted, and another model is named', () => {
  const line =
    '1,144 of 2,879 texts in topics are in other languages than English (de 1,144), which minilm does not know; --model bge-m3 knows more than 100';
  expect(foreignTexts('Xenova/all-MiniLM-L6-v2', mixed)).toBe(line);
  expect(foreignTexts('minilm', mixed)).toBe(line);
});

test('nothing is said of a model of many languages, of one that is not known, and of given vectors', () => {
  expect(foreignTexts('bge-m3', mixed)).toBeUndefined();
  expect(foreignTexts('own/model', mixed)).toBeUndefined();
  expect(foreignTexts(undefined, mixed)).toBeUndefined();
});

test('that English is none of the languages is said before an English model embeds the texts', () => {
  expect(foreignAhead('Xenova/all-MiniLM-L6-v2', ['es', 'pt'])).toBe(
    'the texts seem to be in other languages than English (es, pt), which minilm does not know; --model bge-m3 knows more than 100',
  );
  expect(foreignAhead('minilm', ['es', 'en'])).toBeUndefined();
  expect(foreignAhead('minilm', [])).toBeUndefined();
  expect(foreignAhead('bge-m3', ['es'])).toBeUndefined();
});

test('a few texts of other languages, which may be short English ones, are not worth a word', () => {
  expect(
    foreignTexts('minilm', [
      { language: 'en', rows: 901 },
      { language: 'fr', rows: 99 },
    ]),
  ).toBeUndefined();
  expect(
    foreignTexts('minilm', [
      { language: 'en', rows: 10 },
      { language: 'fr', rows: 19 },
    ]),
  ).toBeUndefined();
});

test('languages of one text in twenty and more are those that texts are written in', () => {
  expect(frequentLanguages(mixed)).toEqual(['en', 'de']);
  expect(
    frequentLanguages([
      { language: 'en', rows: 95 },
      { language: 'fr', rows: 5 },
    ]),
  ).toEqual(['en', 'fr']);
  expect(
    frequentLanguages([
      { language: 'en', rows: 96 },
      { language: 'fr', rows: 4 },
    ]),
  ).toEqual(['en']);
  expect(frequentLanguages()).toEqual([]);
});
