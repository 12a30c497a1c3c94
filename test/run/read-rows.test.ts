import { expect, test } from 'vitest';
import { readTable } from '../../src/read/index.js';
import { asRunNames, asTexts } from '../../src/run/read-rows.js';

test('texts without a name get that of the one column that a run has its texts in', async () => {
  const texts = await readTable(['one', 'two']);
  expect(asRunNames(['body'])(texts, 'body').table.columns).toEqual(['body']);
  expect(asRunNames(['title', 'body'])(texts, undefined).table).toBe(texts);
  const rows = await readTable([{ text: 'one', title: 'two' }]);
  expect(asRunNames(['body'])(rows, 'body').table).toBe(rows);
  const same = await readTable([{ text: 'one' }]);
  expect(asRunNames(['text'])(same, 'text').table).toBe(same);
});

test('texts without a name are read in place of any columns', async () => {
  expect(asTexts(await readTable(['one']), ['title', 'body']).text).toEqual(['text']);
  expect(asTexts(await readTable([{ text: 'one', title: 'two' }]), ['title']).text).toEqual(['title']);
});
