import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import type { Progress } from '../../src/progress.js';
import { readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

describe('readTable', () => {
  test('a tab-separated file is divided by tabs although its texts hold more commas', async () => {
    const table = await readTable(folder.write('t.tsv', 'title, long\ttext\na, b, c\td, e\n'));
    expect(table.columns).toEqual(['title, long', 'text']);
  });

  test('a file without a telling name is taken for what it holds', async () => {
    expect((await readTable(folder.write('lines.txt', '{"text":"a"}\n'))).values).toEqual([['a']]);
    expect((await readTable(folder.write('table.txt', 'text;n\na;1\n'))).columns).toEqual(['text', 'n']);
  });

  test('the given format and delimiter win over name and guess', async () => {
    const file = folder.write('wrong.jsonl', 'a,b;c\n1,2;3\n');
    expect((await readTable(file, { inputFormat: 'csv', delimiter: ';' })).columns).toEqual(['a,b', 'c']);
  });

  test('a web page that was saved in place of a table is refused, unless it is read as a document', async () => {
    const page = folder.write('page.csv', '<!DOCTYPE html>\n<html><body><p>One text.</p></body></html>\n');
    await expect(readTable(page)).rejects.toThrow('a web page, not a table; download the file itself');
    const { values } = await readTable(page, { inputFormat: 'document' });
    expect(values.flat().join(' ')).toContain('One text.');
  });

  test.each([
    ['a missing file', () => join(folder.path, 'none.csv'), 'no such file'],
    [
      'a folder',
      () => {
        const path = join(folder.path, 'd.csv');
        mkdirSync(path, { recursive: true });
        return path;
      },
      'a folder, not a file',
    ],
    ['an empty file', () => folder.write('empty.csv', ''), 'the file is empty'],
    ['a header alone', () => folder.write('header.csv', 'title,text\n'), 'a header but no rows below it'],
    ['blank lines alone', () => folder.write('blank.jsonl', '\n\n'), 'no rows'],
    [
      'a picture',
      () => folder.write('p.csv', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')),
      'a picture',
    ],
    [
      'a workbook',
      () => folder.write('w.csv', Buffer.from('PK\x03\x04\x14\0', 'latin1')),
      "the zip archive can't be read",
    ],
  ])('%s gets one clear line', async (_, file, part) => {
    const mistake = await readTable(file()).catch((cause) => cause);
    expect(mistake).toBeInstanceOf(UserError);
    expect(mistake.message).toContain(part);
    expect(mistake.message).not.toContain('\n');
  });

  test.each([
    [{ delimiter: ';;' }, 'delimiter must be one character and no quote or line break; got ";;"'],
    [{ delimiter: '"' }, 'must be one character and no quote'],
    [
      { inputFormat: 'xls' as 'csv' },
      'inputFormat must be one of csv, tsv, txt, document, jsonl, json, parquet, xlsx; got "xls"',
    ],
    [{ quote: '""' }, 'quote must be one character, or none; got'],
    [{ skipRows: 'two' }, 'skipRows must be a number of lines such as 3'],
    [{ escape: '/' as 'double' }, 'escape must be one of double, backslash'],
  ])('%j is refused', async (options, message) => {
    await expect(readTable(['a'], options)).rejects.toThrow(message);
  });

  test('each kind of oddity is reported once, with its first line', async () => {
    const told: Progress[] = [];
    await readTable(folder.write('odd.csv', 'a,a,\n1\n1,2,3,4\n\n5\n'), { onProgress: (p) => told.push(p) });
    const messages = told.flatMap(({ message }) => (message ? [message] : []));
    expect(messages).toEqual([
      'odd.csv: 1 header name came twice, first on line 1 (a); numbered as in title_2',
      'odd.csv: 1 header cell without a name, first on line 1 (column 3); named column_N by position',
      'odd.csv: 2 rows with fewer cells than the header, first on line 2 (1 of 3 cells); the missing cells are empty',
      'odd.csv: 1 row with more cells than the header, first on line 3 (4 cells, the header has 3); the extra cells are in columns named column_N',
      'odd.csv: 1 empty line skipped',
    ]);
    expect(told.some(({ done, total, unit }) => done === total && unit === 'bytes')).toBe(true);
  });

  test('an abort stops reading', async () => {
    const file = folder.write('large.csv', `text\n${'some words in a row\n'.repeat(100_000)}`);
    const controller = new AbortController();
    const reading = readTable(file, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('no more')),
    });
    await expect(reading).rejects.toThrow('no more');
  });
});
