import { expect, test } from 'vitest';
import { Merge } from '../../src/topics/merge.js';
import { numberOf, tokenized } from './tokenized.js';

test('joined words are one, counted once a text, and the joined form is known as inflected', async () => {
  const { tokens } = await tokenized(['cat cats', 'cats', 'dog']);
  const merge = new Merge(tokens);
  merge.join(numberOf(tokens, 'cats'), 'cat');
  const merged = merge.close();
  expect(merged.documents[numberOf(merged, 'cat')]).toBe(2);
  expect(merged.documents[numberOf(merged, 'cats')]).toBe(0);
  expect(merged.inflected?.[merged.forms.indexOf('cats')]).toBe(1);
  expect(merged.inflected?.[merged.forms.indexOf('cat')]).toBe(0);
});

test('a word may be joined to one that no text has', async () => {
  const { tokens } = await tokenized(['cats']);
  const merge = new Merge(tokens);
  expect(merge.find('cat')).toBeUndefined();
  merge.join(numberOf(tokens, 'cats'), 'cat');
  const merged = merge.close();
  expect(merged.documents[numberOf(merged, 'cat')]).toBe(1);
});

test('tokens stay the same ones where nothing is joined', async () => {
  const { tokens } = await tokenized(['cat']);
  expect(new Merge(tokens).close()).toBe(tokens);
});
