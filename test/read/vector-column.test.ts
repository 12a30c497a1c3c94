import { expect, test } from 'vitest';
import { readTable } from '../../src/read/index.js';
import { readVectorColumn } from '../../src/read/vector-column.js';

const all = (rows: number) => Int32Array.from({ length: rows }, (_, row) => row);

test.each([
  [
    'lists',
    [
      [1, 2],
      [3, 4.5],
    ],
  ],
  ['JSON', ['[1, 2]', '[3,4.5]']],
  ['what NumPy prints', ['[1. 2.]', '[3.  4.5]\n']],
  ['numbers with spaces between', ['1 2', '3 4.5']],
])('a column of %s is a matrix', async (_, cells) => {
  const table = await readTable(cells.map((vector) => ({ text: 'a', vector })));
  const matrix = await readVectorColumn(table, 'vector', all(2));
  expect(matrix).toEqual({ data: Float32Array.of(1, 2, 3, 4.5), rows: 2, cols: 2 });
});

test('only the wanted rows are read', async () => {
  const table = await readTable([{ v: null }, { v: [1, 2] }]);
  expect((await readVectorColumn(table, 'v', Int32Array.of(1))).data).toEqual(Float32Array.of(1, 2));
});

test.each([
  ['none', null, 'v holds no vector'],
  ['words', 'one two', 'v holds no vector'],
  ['one number', '7', 'v holds one number'],
  ['another count of numbers', [1, 2, 3], 'v holds 3 numbers, the first row 2'],
])('a cell that holds %s is refused with its line', async (_, cell, message) => {
  const table = await readTable([{ v: [1, 2] }, { v: cell }]);
  const error = await readVectorColumn(table, 'v', all(2)).catch((reason) => reason);
  expect(error.message).toBe(`rows line 2: ${message}; expected a list of numbers`);
  expect(error).toMatchObject({ code: 'VECTORS_INVALID', line: 2 });
});
