import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import { chooseText, documents, type ReadOptions, readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );

interface Bad {
  name: string;
  content: string | Uint8Array;
  code: ErrorCode;
  line?: number;
  options?: ReadOptions;
}

const bad: Bad[] = [
  { name: 'empty.csv', content: '', code: 'INPUT_EMPTY' },
  { name: 'header.csv', content: 'id,text\n', code: 'INPUT_EMPTY' },
  { name: 'empty.csv.gz', content: gzipSync(''), code: 'INPUT_EMPTY' },
  { name: 'cut.csv.gz', content: gzipSync('text\nhello\n').subarray(0, 20), code: 'INPUT_UNREADABLE' },
  { name: 'cut.csv.zst', content: Buffer.from('28b52ffd2400', 'hex'), code: 'INPUT_UNREADABLE' },
  { name: 'cut.zip', content: Buffer.from('PK\x03\x04cut off'), code: 'INPUT_UNREADABLE' },
  { name: 'zip.csv.gz', content: gzipSync('PK\x03\x04cut off'), code: 'FORMAT_INVALID' },
  { name: 'photo.csv', content: Buffer.from('\x89PNG\r\n\x1A\n\0\0\0\0\0\0\0'), code: 'FORMAT_INVALID' },
  { name: 'paper.csv', content: '%PDF-1.4\n', code: 'FORMAT_INVALID' },
  { name: 'letter.docx', content: zipSync({ 'word/document.xml': strToU8('x') }), code: 'FORMAT_INVALID' },
  { name: 'skipped.csv', content: 'text\na\n', code: 'INPUT_EMPTY', options: { skipRows: 10 } },
  { name: 'old.xls', content: Buffer.from('d0cf11e0a1b11ae1', 'hex'), code: 'FORMAT_INVALID' },
  {
    name: 'wide.csv',
    content: Buffer.from('text\nhello\nthere\n', 'utf16le'),
    code: 'ENCODING_INVALID',
  },
  {
    name: 'latin.csv',
    content: Buffer.from('text\nfine\ncaf\xe9\n', 'latin1'),
    code: 'ENCODING_INVALID',
    line: 3,
  },
  { name: 'open.csv', content: 'id,text\n1,"never closed\nand on\n', code: 'FORMAT_INVALID', line: 2 },
  { name: 'columns.csv', content: `${'a,'.repeat(6000)}\n1\n`, code: 'INPUT_TOO_LARGE', line: 1 },
  { name: 'broken.jsonl', content: '{"text": "a"}\n{"text": \n', code: 'FORMAT_INVALID', line: 2 },
  { name: 'number.jsonl', content: '{"text": "a"}\n17\n', code: 'ROW_INVALID', line: 2 },
  { name: 'array.json', content: '[{"text": "a"},\n{"text" "b"}]', code: 'FORMAT_INVALID', line: 2 },
  { name: 'comma.json', content: '[{"text": "a"},\n\n,]', code: 'FORMAT_INVALID', line: 3 },
  { name: 'rest.json', content: '[{"text": "a"}]\n[]', code: 'FORMAT_INVALID', line: 2 },
  { name: 'open.json', content: '[{"text": "a"},\n', code: 'FORMAT_INVALID', line: 2 },
  { name: 'cell.json', content: '[{"text": "a"},\n17]', code: 'ROW_INVALID', line: 2 },
  { name: 'object.json', content: '{"a": 1, "b": {"c": [1]}}', code: 'FORMAT_INVALID' },
  { name: 'broken.json', content: '{"text":\n\n["a", b]}', code: 'FORMAT_INVALID', line: 3 },
  { name: 'cut.parquet', content: 'PAR1 and no more', code: 'FORMAT_INVALID' },
  { name: 'not.xlsx', content: 'no workbook', code: 'INPUT_UNREADABLE', options: { inputFormat: 'xlsx' } },
];

test.each(bad)('$name is refused with $code, the file as it was given and the line', async (one) => {
  const file = folder.write(one.name, one.content);
  const error = await rejection(readTable(file, one.options));
  expect(error).toMatchObject({ name: 'UserError', code: one.code, file });
  expect((error as { line?: number }).line).toBe(one.line);
  const place = one.line === undefined ? one.name : `${one.name} line ${one.line}`;
  expect((error as Error).message).toContain(`${place}: `);
  expect((error as Error).message).not.toMatch(/\n/);
});

test('a file, a folder without tables and a list of none are missing', async () => {
  const nothing = join(folder.path, 'nothing');
  mkdirSync(nothing);
  for (const path of [join(folder.path, 'none.csv'), nothing]) {
    expect(await rejection(readTable(path))).toMatchObject({ code: 'INPUT_MISSING', file: path });
  }
  expect(await rejection(readTable({ files: [] }))).toMatchObject({ code: 'INPUT_MISSING' });
});

test.each(['https://', 'ftp://example.org/x.csv', 's3://bucket/x.csv'])(
  '%s is no https address',
  async (address) => {
    const error = await rejection(readTable(address));
    expect(error).toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(String(error)).toContain('https://HOST/FILE');
  },
);

test('a sheet of what is no workbook, and lines from a later to an earlier one, are refused', async () => {
  const file = folder.write('plain.csv', 'text\na\nb\n');
  expect(await rejection(readTable(file, { sheet: 2 }))).toMatchObject({
    code: 'OPTION_UNKNOWN',
    option: 'sheet',
  });
  expect(await rejection(readTable(file, { skipRows: '5-2' }))).toMatchObject({ option: 'skipRows' });
});

test('an address that may not be read is named without its password', async () => {
  const address = 'http://user:secret@example.org/posts.csv?sig=secret';
  const error = await rejection(readTable(address));
  expect(error).toMatchObject({ code: 'ADDRESS_REFUSED', file: 'http://example.org/posts.csv' });
  expect(String(error)).not.toContain('secret');
});

test('options and columns that do not fit are named', async () => {
  const file = folder.write('good.csv', 'id,text\n1,hello there\n');
  expect(await rejection(readTable(file, { encoding: 'utf-9' }))).toMatchObject({
    code: 'OPTION_INVALID',
    option: 'encoding',
  });
  const table = await readTable(file);
  await expect(async () => chooseText(table, 'body')).rejects.toMatchObject({
    code: 'COLUMN_MISSING',
    option: 'text',
  });
  expect(await documents(table)).toEqual(['hello there']);
});

test('a row of a program is named by its number', async () => {
  const round: Record<string, unknown> = {};
  round.self = round;
  expect(await rejection(readTable([{ text: 'a' }, round]))).toMatchObject({
    code: 'ROW_INVALID',
    message: expect.stringContaining('row 2: '),
  });
  expect(await rejection(readTable([17] as never))).toMatchObject({ code: 'ROW_INVALID' });
});
