import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { expect, test } from 'vitest';
import { writeParquet } from '../../src/output/index.js';
import { readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';
import { clustering } from './clustering.js';

const folder = testFolder();
const file = join(folder.path, 'clusters.parquet');

test('columns keep their kinds, ours are appended', async () => {
  const values = [
    ['eins', null, 'drei'],
    [1, 2.5, null],
    [true, false, null],
    ['mixed', 7, false],
    [null, null, null],
  ];
  const columns = ['text', 'score', 'ok', 'mixed', 'none'];
  await writeParquet(file, { columns, rows: 3, values }, clustering(3));
  const buffer = await asyncBufferFromFile(file);
  const schema = parquetSchema(await parquetMetadataAsync(buffer));
  expect(schema.children.map(({ element }) => `${element.name} ${element.type}`)).toEqual([
    'text BYTE_ARRAY',
    'score DOUBLE',
    'ok BOOLEAN',
    'mixed BYTE_ARRAY',
    'none BYTE_ARRAY',
    'topic INT32',
    'topic_name BYTE_ARRAY',
    'probability DOUBLE',
    'x DOUBLE',
    'y DOUBLE',
  ]);
  const rows = await parquetReadObjects({ file: buffer });
  expect(rows[0]).toMatchObject({
    text: 'eins',
    score: 1,
    ok: true,
    mixed: 'mixed',
    none: null,
    topic: 0,
    topic_name: 'Oil 0',
    x: 0,
  });
  expect(rows[1]).toMatchObject({ text: null, score: 2.5, ok: false, mixed: '7', topic: 1 });
  expect(rows[2]).toMatchObject({ score: null, ok: null, mixed: 'false', topic: -1, x: null, y: null });
});

test('more rows than one row group are read back by our own reader', async () => {
  const rows = 45_000;
  const texts = Array.from({ length: rows }, (_, row) => `Zeile ${row} 日本`);
  await writeParquet(file, { columns: ['text', 'copy'], rows, values: [texts, texts] }, clustering(rows));
  const table = await readTable(file);
  expect(table.rows).toBe(rows);
  expect(table.values[0]).toEqual(texts);
  expect(table.columns.slice(0, 3)).toEqual(['text', 'copy', 'topic']);
});

test('no rows make a valid file', async () => {
  await writeParquet(file, { columns: ['text'], rows: 0, values: [[]] }, clustering(0));
  expect(Number((await parquetMetadataAsync(await asyncBufferFromFile(file))).num_rows)).toBe(0);
});

test('an abort leaves nothing behind', async () => {
  const rows = 100_000;
  const values = [new Array<string>(rows).fill('text')];
  const controller = new AbortController();
  const writing = writeParquet(
    join(folder.path, 'aborted.parquet'),
    { columns: ['text'], rows, values },
    clustering(rows),
    {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stop')),
    },
  );
  await expect(writing).rejects.toThrow('stop');
  expect(readdirSync(folder.path).filter((name) => name.includes('aborted'))).toEqual([]);
});
