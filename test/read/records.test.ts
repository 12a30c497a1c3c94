import { expect, test } from 'vitest';
import { readTable } from '../../src/read/index.js';

test('strings become the column text', async () => {
  const table = await readTable(['a', 'b']);
  expect(table).toMatchObject({ columns: ['text'], rows: 2, values: [['a', 'b']], source: 'rows' });
  expect(Array.from(table.lines)).toEqual([1, 2]);
});

test('objects from an async generator keep the kinds of their values', async () => {
  async function* rows() {
    yield { text: 'a', n: 1, ok: true, none: undefined };
    yield { text: 'b', n: Number.POSITIVE_INFINITY, when: new Date(0), big: 12n };
  }
  const table = await readTable(rows());
  expect(table.columns).toEqual(['text', 'n', 'ok', 'none', 'when', 'big']);
  expect(table.values.map((column) => column[1])).toEqual([
    'b',
    null,
    null,
    null,
    '1970-01-01T00:00:00.000Z',
    12,
  ]);
});

test('no rows are an empty table, not an error', async () => {
  expect(await readTable([])).toMatchObject({ columns: ['text'], rows: 0, values: [[]] });
});

test.each([
  [[1], 'row 1: number; expected a string or an object of columns'],
  [['a', null], 'row 2: null; expected a string or an object of columns'],
  [['a', ['b']], 'row 2: an array; expected a string or an object of columns'],
])('%j is refused by row', async (rows, message) => {
  // A caller without types.
  await expect(readTable(rows as string[])).rejects.toThrow(message);
});

test('an abort stops an endless source', async () => {
  const controller = new AbortController();
  function* endless() {
    for (;;) yield 'text';
  }
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await expect(readTable(endless(), { signal: controller.signal })).rejects.toThrow('enough');
});
