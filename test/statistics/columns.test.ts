import { expect, test } from 'vitest';
import { readTable } from '../../src/read/index.js';
import {
  chooseGroups,
  columnsNamed,
  kindOfColumns,
  requireColumns,
  textsOf,
  timeColumn,
  timesOf,
} from '../../src/statistics/columns.js';

/** A table of `rows` rows, each column made from the row's number. */
const tableOf = (rows: number, columns: Record<string, (row: number) => string>) =>
  readTable(
    Array.from({ length: rows }, (_, row) =>
      Object.fromEntries(Object.entries(columns).map(([name, make]) => [name, make(row)])),
    ),
  );

test('columns of a few values are compared, others are left out with the reason', async () => {
  const table = await tableOf(200, {
    title: (row) => `A text of its own, ${row}`,
    section: (row) => `section ${row % 4}`,
    code: (row) => `code ${row % 60}`,
    rare: (row) => `rare ${row % 45}`,
    note: (row) => `note ${row}`,
    price: (row) => String(row * 3),
    day: (row) => `2024-01-${String((row % 28) + 1).padStart(2, '0')}`,
    same: () => 'same',
  });
  const { columns, leftOut } = chooseGroups(table, ['title']);
  expect(columns).toEqual(['section']);
  expect(leftOut).toEqual([
    { column: 'code', reason: 'has 60 values, and 50 at most are compared' },
    { column: 'rare', reason: 'has 45 values in 200 rows: fewer than 5 rows each on average' },
    { column: 'note', reason: 'holds texts: 200 different values' },
    { column: 'price', reason: 'holds numbers' },
    { column: 'day', reason: 'holds dates' },
    { column: 'same', reason: 'has one value only' },
  ]);
});

test('columns to compare are named between commas, unless a column has such a name', async () => {
  const table = await tableOf(4, {
    suite: () => 'sid',
    'city, state': () => 'Athens, Georgia',
    urgency: () => 'low',
  });
  expect(columnsNamed(table, 'suite,urgency')).toEqual(['suite', 'urgency']);
  expect(columnsNamed(table, ['city, state', 'suite'])).toEqual(['city, state', 'suite']);
  expect(() => requireColumns(table, { groupBy: 'suite,urgencies' })).toThrow('no column urgencies');
});

test('five columns are compared at most', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const table = await tableOf(40, Object.fromEntries(names.map((name) => [name, (row) => `x${row % 2}`])));
  const { columns, leftOut } = chooseGroups(table, []);
  expect(columns).toEqual(names.slice(0, 5));
  expect(leftOut).toEqual([{ column: 'f', reason: 'only the first 5 columns of groups are compared' }]);
});

test('grades of a scale are compared, numbers that measure something are not', async () => {
  const table = await tableOf(200, {
    stars: (row) => String(1 + (row % 5)),
    half: (row) => String(1 + (row % 9) / 2),
    likely: (row) => (row % 40 === 0 ? 'n/a' : String(row % 11)),
    solved: (row) => String(row % 2),
    price: (row) => String([5, 10, 20, 99][row % 4]),
    weight: (row) => String(1 + (row % 3) / 10),
    visits: (row) => String(row % 40),
    one: () => '7',
  });
  const { columns, leftOut } = chooseGroups(table, []);
  expect(columns).toEqual(['stars', 'half', 'likely', 'solved']);
  expect(leftOut.map(({ column }) => column)).toEqual(['price', 'weight', 'visits', 'one']);
  expect(new Set(leftOut.map(({ reason }) => reason))).toEqual(new Set(['holds numbers']));
});

test('columns of words are compared before grades', async () => {
  const table = await tableOf(40, {
    stars: (row) => String(1 + (row % 5)),
    ...Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, (row: number) => `x${row % 2}`])),
  });
  const { columns, leftOut } = chooseGroups(table, []);
  expect(columns).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(leftOut).toEqual([
    {
      column: 'stars',
      reason: 'only 5 columns of groups are compared, those of words before those of numbers',
    },
  ]);
});

test('fields of a column of objects are named as in --text', async () => {
  const table = await readTable(
    Array.from({ length: 4 }, (_, row) => ({
      text: `text ${row}`,
      user: { name: `n${row % 2}`, age: row, since: `2024-0${row + 1}-01`, team: { id: 7 } },
    })),
  );
  expect(textsOf(table, 'user.name')).toEqual(['n0', 'n1', 'n0', 'n1']);
  expect(textsOf(table, 'user.team.id')).toEqual(['7', '7', '7', '7']);
  expect(timesOf(table, 'user.since')[1]).toBe(Date.UTC(2024, 1, 1));
  expect(() => requireColumns(table, { groupBy: 'user.name,user.age', time: 'user.since' })).not.toThrow();
  expect(() => requireColumns(table, { groupBy: 'user.nme' })).toThrow(
    'no column user.nme; found text, user, user.name, user.since; did you mean "user.name"?',
  );
});

test('fields of objects are compared, and followed over time, like columns', async () => {
  const table = await readTable(
    Array.from({ length: 40 }, (_, row) => ({
      meta: { section: `section ${row % 2}`, day: `2024-01-${10 + (row % 9)}`, stars: row % 5 },
      text: { body: `A text, ${row}` },
    })),
  );
  const { columns, leftOut } = chooseGroups(table, ['text.body']);
  expect(columns).toEqual(['meta.section', 'meta.stars']);
  expect(leftOut).toEqual([{ column: 'meta.day', reason: 'holds dates' }]);
  expect(timeColumn(table, ['text.body'])).toBe('meta.day');
  expect(kindOfColumns(table).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'meta.section category',
    'meta.day date',
    'meta.stars number',
    'text.body text',
  ]);
});

test('a column without dates is refused in one sentence', async () => {
  const table = await tableOf(10, { category: (row) => `c${row % 2}` });
  expect(() => timesOf(table, 'category')).toThrow(
    'column category holds no dates; `time` needs a column of dates',
  );
  expect(() => timesOf(table, 'categroy')).toThrow('did you mean "category"?');
});
