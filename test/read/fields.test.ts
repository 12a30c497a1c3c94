import { expect, test } from 'vitest';
import { cellsNamed, fieldNames, withFields } from '../../src/read/fields.js';
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

test('fields stand in place of a column of objects, null where a row lacks them', async () => {
  const table = await readTable([
    { id: 1, user: { name: 'Ann', home: { city: 'Rome' }, tags: ['a'] }, note: '{a brace}' },
    { id: 2, user: null, note: '{"a": 1}' },
    { id: 3, user: { name: 'Bob', age: 30, home: {} }, note: 'x' },
  ]);
  const { columns, values } = withFields(table);
  expect(columns).toEqual(['id', 'user.name', 'user.home.city', 'user.tags', 'user.age', 'note']);
  expect(values.slice(1, 5)).toEqual([
    ['Ann', null, 'Bob'],
    ['Rome', null, null],
    ['["a"]', null, null],
    [null, null, 30],
  ]);
  expect(table.columns).toEqual(['id', 'user', 'note']);
});

test('objects stay where a column has a field’s name already, or where they have very many fields', async () => {
  const taken = await readTable([{ user: { name: 'Ann' }, 'user.name': 'Bob' }]);
  expect(withFields(taken).columns).toEqual(['user', 'user.name']);
  const counts = Array.from({ length: 60 }, (_, at) => ({ words: { [`word ${at}`]: at } }));
  expect(withFields(await readTable(counts)).columns).toEqual(['words']);
});
