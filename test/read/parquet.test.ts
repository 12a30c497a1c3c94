import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

test('columns of every kind become cells', async () => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'text', data: ['eins', null, 'drei'], type: 'STRING' },
      { name: 'big', data: [1n, 2n, 9007199254740993n], type: 'INT64' },
      { name: 'score', data: [0.5, Number.NaN, 2], type: 'DOUBLE' },
      { name: 'ok', data: [true, false, true], type: 'BOOLEAN' },
      { name: 'day', data: [new Date(0), new Date(86400000), null], type: 'TIMESTAMP' },
    ],
  });
  const table = await readTable(folder.write('kinds.parquet', new Uint8Array(bytes)));
  expect(table.columns).toEqual(['text', 'big', 'score', 'ok', 'day']);
  expect(table.values).toEqual([
    ['eins', null, 'drei'],
    [1, 2, '9007199254740993'],
    [0.5, null, 2],
    [true, false, true],
    ['1970-01-01T00:00:00.000Z', '1970-01-02T00:00:00.000Z', null],
  ]);
  expect(Array.from(table.lines)).toEqual([1, 2, 3]);
});

test('a file that only calls itself Parquet is refused in one line', async () => {
  await expect(readTable(folder.write('fake.parquet', 'text\nhello\n'))).rejects.toThrow(
    /^fake\.parquet: not a Parquet file that can be read \([^\n]*\)$/,
  );
});
