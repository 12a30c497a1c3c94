import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Columns, writeColumns } from '../../src/run/columns.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

test('columns of every kind come back as they were, NaN, infinities, nulls and odd texts too', async () => {
  const path = join(folder.path, 'all.parquet');
  await writeColumns(path, [
    { name: 'i', type: 'INT32', data: Int32Array.of(-1, 0, 2 ** 31 - 1) },
    { name: 'd', type: 'DOUBLE', data: Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, 0.1) },
    { name: 'f', type: 'FLOAT', data: Float32Array.of(1.5, Number.NaN, -3) },
    { name: 't', type: 'STRING', data: ['', null, 'é "x",\n\u{1f600}'] },
    { name: 'b', type: 'BOOLEAN', data: [true, false, true] },
    { name: 'a.b', type: 'DOUBLE', data: [1, null, 2] },
  ]);
  const columns = await Columns.parse(readFileSync(path));
  expect(columns.rows).toBe(3);
  expect(columns.names).toEqual(['i', 'd', 'f', 't', 'b', 'a.b']);
  expect(columns.integers('i')).toEqual(Int32Array.of(-1, 0, 2 ** 31 - 1));
  expect(columns.doubles('d')).toEqual(Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, 0.1));
  expect(columns.floats('f')).toEqual(Float32Array.of(1.5, Number.NaN, -3));
  expect(columns.values('t')).toEqual(['', null, 'é "x",\n\u{1f600}']);
  expect(columns.flags('b')).toEqual(Uint8Array.of(1, 0, 1));
  expect(columns.values('a.b')).toEqual([1, null, 2]);
});

test('more rows than one group of the file holds keep their order', async () => {
  const path = join(folder.path, 'many.parquet');
  const data = Int32Array.from({ length: 120_001 }, (_, row) => (row * 7919) % 100_003);
  await writeColumns(path, [{ name: 'n', type: 'INT32', data }]);
  expect((await Columns.parse(readFileSync(path))).integers('n')).toEqual(data);
});

test('a table without rows has its columns', async () => {
  const path = join(folder.path, 'none.parquet');
  await writeColumns(path, [{ name: 'n', type: 'INT32', data: new Int32Array(0) }]);
  const columns = await Columns.parse(readFileSync(path));
  expect([columns.rows, columns.names]).toEqual([0, ['n']]);
});
