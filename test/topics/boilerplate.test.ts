import { expect, test } from 'vitest';
import { findBoilerplate, withoutBoilerplate } from '../../src/topics/boilerplate.js';

const things = [
  'parcel',
  'battery',
  'waiter',
  'login',
  'courier',
  'screen',
  'soup',
  'password',
  'box',
  'charger',
];
const now = () => undefined;

test('a footer is found in every text that has it, and is all that goes', async () => {
  const footer = 'Acme Holding Limited, registered in England, number 0123456.';
  const texts = things.map((thing) => `The ${thing} was late\n\n${footer}`);
  const found = await findBoilerplate([...texts, 'nothing below'], now);
  expect(found.passages.size).toBe(10);
  expect(found.examples).toEqual([{ text: footer, texts: 10 }]);
  expect(withoutBoilerplate([...texts, 'nothing below'], found)).toEqual([
    ...things.map((thing) => `The ${thing} was late`),
    'nothing below',
  ]);
});

test('a short line that ends many texts is a signature', async () => {
  const texts = things.map((thing) => `My ${thing} does not work\nSent from my phone`);
  const found = await findBoilerplate(texts, now);
  expect(withoutBoilerplate(texts, found)[0]).toBe('My parcel does not work');
});

test('a template is found though its numbers, times and ids differ', async () => {
  const texts = things.map(
    (thing, i) =>
      `2031-03-0${i}T12:00Z ERROR exec-${i} request 7f9c2ba4e88f827d61604550${i} failed because of ${thing} and lack of care`,
  );
  const found = await findBoilerplate(texts, now);
  expect(withoutBoilerplate(texts, found)[4]).not.toContain('request');
  expect(withoutBoilerplate(texts, found)[4]).toContain('courier');
});

test('copies of one text are no boilerplate, and neither is what few texts share', async () => {
  const text = 'the same long message that one person sent again and again';
  const few = things.slice(0, 4).map((thing) => `the same long beginning of a message about ${thing}`);
  const found = await findBoilerplate([...Array.from({ length: 50 }, () => text), ...few], now);
  expect(found.passages.size).toBe(0);
});

test('a text that is hardly more than the template keeps it', async () => {
  const texts = things.map((thing) => `How do I change the settings of my new account today, ${thing}?`);
  const found = await findBoilerplate(texts, now);
  expect(withoutBoilerplate(texts, found)).toEqual(texts);
});
