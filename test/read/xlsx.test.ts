import { expect, test } from 'vitest';
import { readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const BOOK = 'test/fixtures/read/two-sheets.xlsx'; // by openpyxl 3.1

test('the first sheet of a workbook is read, dates as days or moments', async () => {
  const table = await readTable(BOOK);
  expect(table.columns).toEqual(['id', 'text', 'when', 'score', 'ok']);
  expect(table.values).toEqual([
    [1, 2, 3, 4],
    ['My parcel arrived late', 'The courier was rude', 'The box was wet', 'The app is slow'],
    ['2031-03-01', '2031-03-02', '2031-03-03', '2031-03-04T10:30:00'],
    [0, 1.5, 3, null],
    [true, true, true, false],
  ]);
  expect(Array.from(table.lines)).toEqual([2, 3, 4, 6]);
  expect(table.report.dialect).toEqual(['sheet "Answers" (others: Other)']);
});

test.each([['Other'], [2], ['2']])('sheet %j is read by name or number', async (sheet) => {
  expect((await readTable(BOOK, { sheet })).values).toEqual([['a note of the second sheet']]);
});

test('a sheet that is not there is refused with those that are', async () => {
  await expect(readTable(BOOK, { sheet: 'Sheet9' })).rejects.toThrow(
    'two-sheets.xlsx: no sheet "Sheet9"; found Answers, Other',
  );
});

test('a damaged workbook is refused in one line', async () => {
  await expect(readTable(folder.write('x.xlsx', Buffer.from('PK\x03\x04 and no more')))).rejects.toThrow(
    /^x\.xlsx: the zip archive can't be read \([^\n]*\); pack it again$/,
  );
});

test('an empty first sheet, a merged title and an empty margin are left out, and what was read is said', async () => {
  const table = await readTable('test/fixtures/read/title-and-margin.xlsx'); // by openpyxl 3.1
  expect(table.columns).toEqual(['id', 'date', 'text']);
  expect(table.values).toEqual([
    [1, 2, 3],
    ['2031-03-01', '2031-03-02', '2031-03-03'],
    ['My parcel arrived late', 'The courier was rude', 'The box was wet'],
  ]);
  expect(Array.from(table.lines)).toEqual([4, 5, 6]);
  expect(table.report.dialect).toEqual(['sheet "Answers" (others: Cover)']);
  expect(table.report.warnings).toEqual([expect.stringContaining('before the header left out')]);
});
