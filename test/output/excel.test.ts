import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXCEL_CELL, longCells, longCellsLine } from '../../src/output/excel.js';
import { writeCsv } from '../../src/output/index.js';
import { testFolder } from '../helpers/folder.js';
import { clustering } from './clustering.js';

const folder = testFolder();
const table = (cells: string[]) => ({
  columns: ['title', 'body'],
  rows: cells.length,
  values: [cells.map((_, row) => `Title ${row}`), cells],
});

test('cells longer than those of Excel are counted, and the first is named', () => {
  const found = longCells(
    table(['short', 'x'.repeat(EXCEL_CELL), 'x'.repeat(EXCEL_CELL + 1), 'y'.repeat(40_000)]),
  );
  expect(found).toEqual({ count: 2, first: { row: 2, column: 'body', characters: 32_768 } });
  expect(longCellsLine(found)).toBe(
    '2 cells are longer than the 32,767 characters that Excel shows of a cell: first body in row 3 (32,768 characters)',
  );
});

test('the apostrophe before a formula counts', () => {
  expect(longCells(table([`=${'x'.repeat(EXCEL_CELL - 1)}`])).count).toBe(1);
});

test('one long cell is named in the singular, none is not mentioned', () => {
  expect(longCellsLine(longCells(table(['z'.repeat(50_000)])))).toBe(
    '1 cell is longer than the 32,767 characters that Excel shows of a cell: body in row 1 (50,000 characters)',
  );
  expect(longCellsLine(longCells(table(['fits'])))).toBeUndefined();
});

test('a CSV file for Excel is written with a warning about them, another one without', async () => {
  const file = join(folder.path, 'clusters.csv');
  const said: (string | undefined)[] = [];
  const onProgress = ({ message }: { message?: string }) => {
    if (message) said.push(message);
  };
  const long = table(['z'.repeat(50_000)]);
  await writeCsv(file, long, clustering(1), { onProgress });
  expect(said).toEqual([]);
  await writeCsv(file, long, clustering(1), { excel: true, onProgress });
  expect(said).toEqual([expect.stringContaining('1 cell is longer than')]);
});
