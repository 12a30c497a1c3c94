import { expect, test } from 'vitest';
import { hasEndings, isModifierByEnding } from '../../src/topics/endings.js';
import { numberOf, tokenized } from './tokenized.js';

const isModifier = async (language: string, word: string, ...others: string[]): Promise<boolean> => {
  const { tokens } = await tokenized([[word, ...others].join(' ')]);
  return isModifierByEnding(numberOf(tokens, word), language, tokens, false);
};

test.each([
  ['ru', 'новый'],
  ['ru', 'занимает', 'занимают'],
  ['ru', 'забил', 'забили'],
  ['ru', 'городами'],
  ['uk', 'новий'],
  ['pl', 'polski'],
  ['pl', 'ukończyła', 'ukończyli'],
  ['pl', 'zielony', 'zielonych'],
  ['cs', 'americký'],
  ['nl', 'medische'],
  ['nl', 'eindigde', 'eindigen'],
  ['nl', 'gebruikt', 'gebruikte'],
  ['tr', 'geçerli'],
  ['tr', 'kaldırıldı'],
  ['cs', 'skončila', 'skončit'],
])('%s: %s is no noun in its basic form', async (language, word, ...others) => {
  expect(await isModifier(language, word, ...others)).toBe(true);
});

test.each([
  ['ru', 'билет'],
  ['ru', 'материал'],
  ['uk', 'держава'],
  ['pl', 'szkoła', 'szkoły'],
  ['pl', 'pamięć'],
  ['cs', 'internet'],
  ['nl', 'ziekte', 'ziekten'],
  ['nl', 'gezicht', 'gezichten'],
  ['tr', 'kedi', 'kediler'],
])('%s: %s is a noun', async (language, word, ...others) => {
  expect(await isModifier(language, word, ...others)).toBe(false);
});

test('a Russian family name that ends like a genitive is a name', async () => {
  const { tokens } = await tokenized(['министр Лавров приехал']);
  expect(isModifierByEnding(numberOf(tokens, 'лавров'), 'ru', tokens, true)).toBe(false);
});

test('languages without a table have no endings', () => {
  expect(hasEndings('ja')).toBe(false);
  expect(hasEndings(undefined)).toBe(false);
});
