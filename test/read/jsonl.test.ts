import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

test('objects of different keys make one table with nulls where a key is missing', async () => {
  const table = await readTable(
    folder.write(
      'mixed.jsonl',
      '{"text":"a","n":1}\n\n{"text":"b","tags":["x","y"],"ok":true}\r\n"just text"',
    ),
  );
  expect(table.columns).toEqual(['text', 'n', 'tags', 'ok']);
  expect(table.values).toEqual([
    ['a', 'b', 'just text'],
    [1, null, null],
    [null, '["x","y"]', null],
    [null, true, null],
  ]);
  expect(Array.from(table.lines)).toEqual([1, 3, 4]);
  expect(table.report.emptyLines).toBe(1);
});

test('a line that is not JSON is named', async () => {
  await expect(readTable(folder.write('bad.jsonl', '{"text":"a"}\n{"text":\n'))).rejects.toThrow(
    /^bad\.jsonl line 2: not JSON: .*; expected one object or string a line$/,
  );
});

test('a line that holds neither object nor string is named', async () => {
  await expect(readTable(folder.write('number.ndjson', '{"text":"a"}\n42\n'))).rejects.toThrow(
    'number.ndjson line 2: a number; expected one object or string a line',
  );
});

test('a line of more than 64 MiB is refused with its number', async () => {
  const file = folder.write('long.jsonl', `{"text":"a"}\n{"text":"${'long '.repeat(14 * 1024 * 1024)}"}\n`);
  await expect(readTable(file)).rejects.toThrow('long.jsonl line 2: a line of more than 64 MiB');
});

test('a new key on each of 20,000 lines stops at the limit on columns', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `{"key${i}":${i}}`).join('\n');
  await expect(readTable(folder.write('keys.jsonl', lines))).rejects.toThrow(
    'keys.jsonl line 5001: 5,001 columns; at most 5,000 are read',
  );
});

test('a gzipped file of several chunks reads whole', async () => {
  const lines = Array.from({ length: 30_000 }, (_, i) => JSON.stringify({ id: i, text: `Übung ${i} 日本` }));
  const table = await readTable(folder.write('big.jsonl.gz', gzipSync(lines.join('\n'))));
  expect(table.rows).toBe(30_000);
  expect(table.values[1][29_999]).toBe('Übung 29999 日本');
  expect(table.lines[29_999]).toBe(30_000);
});
