import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { fingerprintOf, writeManifest } from '../../src/files/manifest.js';
import { documents, readTable } from '../../src/read/index.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const CSV = 'id,text\n1,first\n2,second\n';

describe('several files', () => {
  test('make one table with each row’s file, whatever order their columns are in', async () => {
    const files = [
      folder.write('a.csv', 'id,text\n1,first\n'),
      folder.write('b.tsv', 'text\textra\tid\nsecond\tmore\t2\n'),
      folder.write('c.jsonl', '{"text":"third","id":3}\n'),
    ];
    const table = await readTable({ files });
    expect(table.columns).toEqual(['id', 'text', 'extra', 'file']);
    expect(table.values).toEqual([
      ['1', '2', 3],
      ['first', 'second', 'third'],
      [null, 'more', null],
      ['a.csv', 'b.tsv', 'c.jsonl'],
    ]);
    expect(Array.from(table.lines)).toEqual([2, 2, 1]);
    expect(table.source).toBe('3 files');
  });

  test('of a folder are read by name, those in its folders too, other files left aside', async () => {
    const path = join(folder.path, 'reports');
    mkdirSync(join(path, 'inner'), { recursive: true });
    mkdirSync(join(path, '.hidden'));
    writeFileSync(join(path, '.hidden', 'h.csv'), CSV);
    writeFileSync(join(path, 'b.csv'), CSV);
    writeFileSync(join(path, 'a.csv'), 'id,text\n0,zeroth\n');
    writeFileSync(join(path, 'inner', 'c.csv'), CSV);
    writeFileSync(join(path, 'notes.docx'), 'no table');
    const table = await readTable(path);
    expect(table.values[1]).toEqual(['zeroth', 'first', 'second', 'first', 'second']);
    expect(table.values[2]).toEqual(['a.csv', 'b.csv', 'b.csv', 'c.csv', 'c.csv']);
  });

  test('of a folder, those that denscape wrote are left aside, so that a second run reads what the first one did', async () => {
    const path = join(folder.path, 'again');
    const out = join(path, 'denscape-out');
    mkdirSync(out, { recursive: true });
    writeFileSync(join(path, 'news.csv'), CSV);
    writeFileSync(join(out, 'clusters.csv'), 'id,text,topic\n1,first,0\n');
    await writeManifest(join(out, '.denscape.json'), {
      'clusters.csv': await fingerprintOf(join(out, 'clusters.csv')),
    });
    writeFileSync(join(out, 'mine.csv'), 'id,text\n3,third\n');
    expect((await readTable(path)).values[1]).toEqual(['third', 'first', 'second']);
    rmSync(join(out, 'mine.csv'));
    await expect(readTable(out)).rejects.toThrow(
      'no CSV, TSV, JSON, Parquet or Excel file in it but those that denscape wrote; name one of them to read it',
    );
    expect((await readTable(join(out, 'clusters.csv'))).values[1]).toEqual(['first']);
  });

  test('what is odd in one of them is reported under its name', async () => {
    const files = [folder.write('fine.csv', CSV), folder.write('short.csv', 'id,text\n1\n2,x\n')];
    const messages: string[] = [];
    const table = await readTable(
      { files },
      { onProgress: ({ message }) => message && messages.push(message) },
    );
    expect(messages).toEqual([
      'short.csv: 1 row with fewer cells than the header, first on line 2 (1 of 2 cells); the missing cells are empty',
    ]);
    expect(table.report.shortRows.count).toBe(1);
  });

  test('a column called file keeps its name', async () => {
    const table = await readTable({
      files: [folder.write('x.csv', 'file,text\nq,w\n'), folder.write('y.csv', CSV)],
    });
    expect(table.columns).toEqual(['file', 'text', 'id', 'file_2']);
  });
});

describe('documents', () => {
  const notes = join(folder.path, 'notes');
  mkdirSync(join(notes, 'zod'), { recursive: true });
  mkdirSync(join(notes, 'chalk'), { recursive: true });
  writeFileSync(
    join(notes, 'zod', 'README.md'),
    '# Zod ![ci](https://img.example/ci.svg)\n\n[Schemas](https://example.org), and types\n',
  );
  writeFileSync(join(notes, 'chalk', 'README.md'), '# Chalk\n\nColours, in terminals\n');
  writeFileSync(join(notes, 'guide.rst'), 'Guide\n=====\n');
  writeFileSync(join(notes, 'empty.md'), '');
  writeFileSync(join(notes, 'list.txt.bak'), 'no text file by its name');

  test('of a folder without tables are a text each, with names that set them apart', async () => {
    const table = await readTable(notes);
    expect(table.columns).toEqual(['text', 'file']);
    expect(table.values).toEqual([
      ['# Chalk\n\nColours, in terminals', '', 'Guide\n=====', '# Zod \n\nSchemas, and types'],
      ['chalk/README.md', 'empty.md', 'guide.rst', 'zod/README.md'],
    ]);
    expect(table.report.dialect).toEqual(['a text a file']);
  });

  test('what their texts lack is said with the file', async () => {
    const messages: string[] = [];
    await documents(await readTable(notes), ['text'], {
      onProgress: ({ message }) => message && messages.push(message),
    });
    expect(messages).toEqual(['notes: 1 row without text, first on line 1 of empty.md; labelled -1']);
  });

  test('of a folder with a table are left aside', async () => {
    const path = join(folder.path, 'data');
    mkdirSync(path);
    writeFileSync(join(path, 'readme.md'), '# About');
    writeFileSync(join(path, 'table.csv'), CSV);
    expect((await readTable(path)).values[1]).toEqual(['first', 'second']);
    const asDocument = await readTable(path, { inputFormat: 'document' });
    expect(asDocument.values).toEqual([['# About'], ['readme.md']]);
  });

  test('text files hold a text a line, which is said, or a text each where that is asked for', async () => {
    const files = ['a.txt', 'b.txt'].map((name) => folder.write(name, `${name} one\n${name} two\n`));
    const said: string[] = [];
    const onProgress = ({ message }: { message?: string }) => void (message && said.push(message));
    expect((await readTable({ files }, { onProgress })).rows).toBe(4);
    expect(said).toEqual([
      '2 files: each line of 2 text files is a text; --input-format document makes each file one',
    ]);
    const whole = await readTable({ files }, { inputFormat: 'document', onProgress });
    expect(whole.values).toEqual([
      ['a.txt one\na.txt two', 'b.txt one\nb.txt two'],
      ['a.txt', 'b.txt'],
    ]);
    expect(said).toHaveLength(1);
  });

  test('are asked for in a folder that has none', async () => {
    const path = join(folder.path, 'pictures');
    mkdirSync(path);
    writeFileSync(join(path, 'a.png'), 'x');
    await expect(readTable(path, { inputFormat: 'document' })).rejects.toThrow(
      'a folder, not a file, and no text, Markdown or HTML file in it',
    );
  });
});

describe('packed files', () => {
  test('the one table of a zip is read, whatever other files are in it', async () => {
    const bytes = zipSync({
      'export/readme.md': strToU8('about'),
      'export/table.csv': strToU8(CSV),
      '__MACOSX/export/._table.csv': strToU8('x'),
    });
    const table = await readTable(folder.write('one.zip', bytes));
    expect(table.values).toEqual([
      ['1', '2'],
      ['first', 'second'],
    ]);
    expect(table.source).toBe('one.zip');
  });

  test('a text file next to the one table of a zip is no second table', async () => {
    const bytes = zipSync({ 'readme.txt': strToU8('About, this'), 'table.csv': strToU8(CSV) });
    expect((await readTable(folder.write('about.zip', bytes))).values[1]).toEqual(['first', 'second']);
    const alone = zipSync({ 'lines.txt': strToU8('One line\nAnother line\n') });
    expect((await readTable(folder.write('lines.zip', alone))).values).toEqual([
      ['One line', 'Another line'],
    ]);
  });

  test.each([
    ['several tables', { 'a.csv': CSV, 'b.csv': CSV }, 'a zip archive with 2 tables (a.csv, b.csv)'],
    ['none', { 'a.md': 'text' }, 'a zip archive without a table; found a.md'],
  ])('a zip with %s is refused with what it holds', async (_, files, message) => {
    const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)]);
    await expect(readTable(folder.write('odd.zip', zipSync(Object.fromEntries(entries))))).rejects.toThrow(
      message,
    );
  });

  test('a path inside an archive that leads outside is never written to', async () => {
    const bytes = zipSync({ '../../../evil.csv': strToU8(CSV) });
    await expect(readTable(folder.write('evil.zip', bytes))).rejects.toThrow("the zip archive can't be read");
  });

  test('zstd is unpacked by its bytes; cut off or damaged it is refused in one line', async () => {
    // `id,text\n1,first\n2,second\n` by zstd 1.5, with a checksum.
    const packed = Buffer.from(ZSTD, 'base64');
    expect((await readTable(folder.write('t.csv.zst', packed))).values[1]).toEqual(['first', 'second']);
    for (const bytes of [
      packed.subarray(0, 15),
      Buffer.concat([packed.subarray(0, 6), Buffer.alloc(30, 7)]),
    ]) {
      await expect(readTable(folder.write('bad.csv.zst', bytes))).rejects.toThrow(
        /^bad\.csv\.zst: (the zstd data is damaged or cut off|the file is empty once unpacked)[^\n]*$/,
      );
    }
  });
});
const ZSTD = 'KLUv/SQZyQAAaWQsdGV4dAoxLGZpcnN0CjIsc2Vjb25kCpYDeqI=';
