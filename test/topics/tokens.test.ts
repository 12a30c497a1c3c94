import { expect, test } from 'vitest';
import { FIRST_FORM, LINE_END, PAUSE, STOP, TITLE_STOP } from '../../src/topics/tokens.js';
import { numberOf, tokenized } from './tokenized.js';

test('a text becomes stops, pauses and words in order', async () => {
  const { tokens } = await tokenized(['oil, gas. Rain falls']);
  const shown = Array.from(tokens.stream, (token) =>
    token < FIRST_FORM ? token : tokens.forms[token - FIRST_FORM],
  );
  expect(shown).toEqual([STOP, 'oil', PAUSE, 'gas', STOP, 'Rain', 'falls']);
});

test('texts are ordered by their wording, whatever the order of the rows', async () => {
  const one = await tokenized(['b', 'a', 'c', 'a']);
  const other = await tokenized(['a', 'c', 'a', 'b']);
  expect(one.tokens.stream).toEqual(other.tokens.stream);
  expect(Array.from(one.tokens.identity)).toEqual([0, 0, 1, 2]);
});

test('a word stands in so many texts, copies counted once', async () => {
  const { tokens } = await tokenized(['oil and oil', 'oil and oil', 'Oil']);
  expect(tokens.documents[numberOf(tokens, 'oil')]).toBe(2);
});

test('headlines, the starts of sentences and datelines say nothing about capitals', async () => {
  const { tokens } = await tokenized([
    'Shares Fall After Crude Prices Rise\nNEW YORK (Reuters) - Then prices fell',
  ]);
  const inMidSentence = (form: string) => tokens.inMidSentence[tokens.forms.indexOf(form)];
  expect(tokens.stream[0]).toBe(TITLE_STOP);
  expect(inMidSentence('Prices')).toBe(0);
  expect(inMidSentence('YORK')).toBe(0);
  expect(inMidSentence('prices')).toBe(1);
});

test('a long line that several texts have is marked with one number', async () => {
  const line = 'The agency confirmed momentum faltered as the trade gap swelled sharply in spring';
  const { tokens } = await tokenized([`one\n${line}`, `two\n${line}`]);
  expect(Array.from(tokens.stream).filter((token) => token < 0)).toEqual([-1, -1]);
  expect(Array.from(tokens.stream).filter((token) => token === LINE_END)).toHaveLength(2);
});
