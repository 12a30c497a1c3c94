import { expect, test } from 'vitest';
import { cellsNamed, fieldNames } from '../../src/read/fields.js';
import { readTable } from '../../src/read/index.js';

const rows = [
  { id: 1, data: { title: 'first', n: 3, tags: ['a'], author: { name: 'Ann' } } },
  { id: 2, data: { title: 'second', author: null, extra: 'only here' } },
  { id: 3, data: null },
  { id: 4, data: '{not json' },
];

test('fields of objects that hold text are named by their paths, those of inner objects too', async () => {
  const table = await readTable(rows);
  expect(fieldNames(table, 'data')).toEqual(['data.title', 'data.author.name', 'data.extra']);
  expect(fieldNames(table, 'id')).toEqual([]);
  expect(fieldNames(table, 'none')).toEqual([]);
});

test('a field’s cells are null where a row lacks it', async () => {
  const table = await readTable(rows);
  const cells = (name: string) => rows.map((_, row) => cellsNamed(table, name)(row));
  expect(cells('data.title')).toEqual(['first', 'second', null, null]);
  expect(cells('data.author.name')).toEqual(['Ann', null, null, null]);
  expect(cells('data.n')).toEqual([3, null, null, null]);
  expect(cells('data.tags')).toEqual(['["a"]', null, null, null]);
  expect(cells('data.toString')).toEqual([null, null, null, null]);
  expect(cells('id')).toEqual([1, 2, 3, 4]);
});

test('a column whose own name holds a point comes before a field', async () => {
  const table = await readTable([{ 'a.b': 'column', a: { b: 'field' }, 'c.d': { e: 'inner' } }]);
  expect(cellsNamed(table, 'a.b')(0)).toBe('column');
  expect(cellsNamed(table, 'c.d.e')(0)).toBe('inner');
});
