import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import type { Progress } from '../../src/progress.js';
import { chooseText, describeTable, documents, type ReadOptions, readTable } from '../../src/read/index.js';

import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const FIRST = 'My parcel arrived three days late and nobody told me';
const LAST = 'After the update the app asks for login each minute';

async function read(file: string, options: ReadOptions & { text?: string | string[] } = {}) {
  const { text, ...given } = options;
  const messages: string[] = [];
  const onProgress = ({ message }: Progress) => {
    if (message) messages.push(message);
  };
  const table = await readTable(`test/fixtures/read/${file}`, { ...given, onProgress });
  const choice = chooseText(table, text);
  const texts = await documents(table, choice.columns, { onProgress });
  return { table, choice, texts, messages, said: describeTable(table, choice, texts) };
}

describe('a file as people have it gives its 48 texts', () => {
  test.each([
    ['base.csv', ['id', 'kind', 'text'], ['text']],
    ['01-sep-line.csv', ['id', 'kind', 'text'], ['text']],
    ['02-header-commas.csv', ['id (unique, required)', 'kind (one, two, three, or more)', 'text'], ['text']],
    ['05-backslash-quotes.csv', ['id', 'kind', 'text'], ['text']],
    ['07b-qualtrics.csv', ['ResponseId', 'Q1', 'Q2'], ['Q2']],
    [
      '07-two-headers.csv',
      ['Respondent ID', 'What is the main reason for your score?', 'Rate us'],
      ['What is the main reason for your score?'],
    ],
    ['08-preamble.csv', ['id', 'kind', 'text'], ['text']],
    ['11-r-rownames.csv', ['row', 'kind', 'text'], ['text']],
    ['13-reddit.csv', ['id', 'title', 'score', 'num_comments', 'selftext'], ['selftext']],
    ['15-nan.jsonl', ['id', 'score', 'text'], ['text']],
    ['15b-bigid.jsonl', ['id', 'text'], ['text']],
    ['16b-nul.csv', ['id', 'kind', 'text'], ['text']],
    ['30-lines.txt', ['text'], ['text']],
    ['60-space-quotes.csv', ['id', 'kind', 'text'], ['text']],
    ['61-one-column.csv', ['text'], ['text']],
    ['62-jira.csv', ['Issue key', 'Issue Type', 'Summary', 'Status', 'Description'], ['Summary']],
    [
      '63-play.csv',
      ['Package Name', 'Star Rating', 'Review Title', 'Review Text', 'Developer Reply Text'],
      ['Review Text'],
    ],
    ['66-columns.json', ['id', 'text'], ['text']],
    ['66c-array.json', ['id', 'text'], ['text']],
    ['33-html.csv', ['id', 'kind', 'text'], ['text']],
  ])('%s', async (file, columns, chosen) => {
    const { table, choice, texts } = await read(file);
    expect(table.columns).toEqual(columns);
    expect(choice.columns).toEqual(chosen);
    expect(texts).toHaveLength(48);
    expect(new Set(texts).size).toBe(48);
    expect(texts.every((text) => text.length > 20 && !/[<>\0]|&nbsp;/.test(text))).toBe(true);
    expect(texts[0].toLowerCase()).toContain(FIRST.toLowerCase());
    expect(texts[47].toLowerCase()).toContain(LAST.toLowerCase());
    expect(table.report.shortRows.count + table.report.longRows.count).toBe(0);
  });

  test('two stray quotes cost no row and are named by line', async () => {
    for (const file of ['03-two-stray-quotes.csv', '06-tsv-quote.tsv']) {
      const { table, texts, messages } = await read(file);
      expect(texts.map((text) => text.replace(/^"/, ''))).toEqual((await read('base.csv')).texts);
      expect(table.report.strayQuotes.count).toBe(2);
      expect(messages.join('\n')).toMatch(/2 rows with stray quotes, first on line \d+/);
    }
  });
});

test('ids beyond 2^53 stay 48 different ones', async () => {
  const { table } = await read('15b-bigid.jsonl');
  expect(new Set(table.values[0]).size).toBe(48);
  expect(table.values[0][0]).toBe('1700000000000000002');
});

test('a header that looks like a row is named, and --no-header keeps it', async () => {
  const first = await read('09-no-header.csv');
  expect(first.table.rows).toBe(47);
  expect(first.messages.join('\n')).toContain('the header on line 1 looks like a row ("0"); --no-header');
  const { table, choice, texts } = await read('09-no-header.csv', { header: false });
  expect(table.columns).toEqual(['column_1', 'column_2', 'column_3']);
  expect(choice.columns).toEqual(['column_3']);
  expect(texts[0]).toBe(FIRST);
  expect(texts).toHaveLength(48);
});

test('lines before a header are left out and said; --skip-rows does the same by hand', async () => {
  const found = await read('08-preamble.csv');
  expect(found.messages.join('\n')).toContain('lines 1 to 3 before the header left out');
  const skipped = await read('08-preamble.csv', { skipRows: 3 });
  expect(skipped.table.values).toEqual(found.table.values);
  expect(skipped.table.lines[0]).toBe(5);
  expect(skipped.table.report.warnings).toEqual([]);
});

test('lines of a survey’s own headers can be left out by their numbers', async () => {
  const { table, texts } = await read('07b-qualtrics.csv', { skipRows: '2-3' });
  expect(texts).toHaveLength(48);
  expect(table.lines[0]).toBe(4);
});

test('a second header that is not known is named with the lines to leave out', async () => {
  const { table } = await read('second-header.csv');
  expect(table.rows).toBe(5);
  expect(table.report.warnings).toEqual([
    'line 2 looks like a second header ("Number"); --skip-rows 2-2 leaves it out',
  ]);
});

test('placeholders are blank and counted, and the list can be changed', async () => {
  const { table, texts, messages } = await read('14-placeholders.csv');
  expect(texts.filter((text) => text !== '')).toHaveLength(48);
  expect(table.report.placeholders.count).toBe(60);
  expect(messages.join('\n')).toContain('60 cells with a placeholder, first on line 50 (N/A)');
  expect(
    (await documents(table, ['comment'], { placeholders: [] })).filter((text) => text !== ''),
  ).toHaveLength(108);
  expect(
    (await documents(table, ['comment'], { placeholders: ['N/A'] })).filter((text) => text !== '').length,
  ).toBeLessThan(108);
});

test('one bad byte is named with what mends it, and replaced with the option for it', async () => {
  await expect(read('68-one-bad-byte.csv')).rejects.toThrow(
    /68-one-bad-byte\.csv line \d+: byte 0x[0-9A-F]{2} is not UTF-8; the rest is, so these bytes are damaged: --bad-bytes replace/,
  );
  const { table, texts } = await read('68-one-bad-byte.csv', { badBytes: 'replace' });
  expect(texts).toHaveLength(48);
  expect(table.report.replacedBytes.count).toBe(1);
  expect(texts[0]).toContain('tardé');
  expect(texts.filter((text) => text.includes('\uFFFD'))).toHaveLength(1);
});

test('HTML is read as plain text, said, and kept in the table', async () => {
  const { table, texts, messages } = await read('33-html.csv');
  expect(texts[1]).toBe('The courier left the package in the rain');
  expect(String(table.values[2][1])).toContain('<div class="zd-comment"');
  expect(messages.join('\n')).toContain('HTML in 24 texts, first on line 3; read as plain text');
  expect((await documents(table, ['text'], { html: 'keep' }))[1]).toContain('<div');
});

test('a field of nested objects is chosen by its path, and named in the error where nothing else holds text', async () => {
  await expect(read('15d-nested.jsonl')).rejects.toThrow(
    '15d-nested.jsonl: no column holds text, but objects do: data.text, data.kind; name a field with --text data.text',
  );
  expect((await read('15d-nested.jsonl', { text: 'data.text' })).texts[0]).toBe(FIRST);
  await expect(read('15d-nested.jsonl', { text: 'data.title' })).rejects.toThrow(
    'no "data.title" column, which `text` names; found data.text, data.kind',
  );
});

test('columns whose names hold commas add up', async () => {
  const text = ['What did you like, and why?', 'What should we change, if anything?'];
  const { choice, texts } = await read('43-question-columns.csv', { text });
  expect(choice.columns).toEqual(text);
  expect(texts[0]).toBe(`${FIRST}\n${LAST}`);
});

test('what was read is said in a line', async () => {
  expect((await read('02-header-commas.csv')).said).toBe(
    '02-header-commas.csv: 48 rows, 3 columns, cells between semicolons; text is text (named like a text; --text chooses others); 0 without text (labelled -1); 0 repeated',
  );
  expect((await read('62-jira.csv')).said).toContain(
    'text is Summary (named like a text; --text chooses others)',
  );
  expect((await read('14-placeholders.csv', { text: 'comment' })).said).toContain(
    'text is comment; 60 without text (labelled -1); 0 repeated',
  );
});

test('a quote that only the last row opens costs nothing and is said', async () => {
  const { table } = await readText('last.csv', 'id,text\n1,first\n2,"second\n');
  expect(table.values[1]).toEqual(['first', '"second']);
  expect(table.report.strayQuotes.examples[0].line).toBe(3);
});

test('Ctrl-Z behind the last line, as DOS programs write it, is no row', async () => {
  const { table } = await readText('dos.csv', 'id,text\r\n1,first\r\n\x1A');
  expect(table.rows).toBe(1);
});

test('a file in an Asian or Cyrillic encoding is not said to be Latin', async () => {
  const text = '番号,内容\n1,東京の天気は晴れです\n2,大阪は雨が降っています\n';
  await expect(readText('sjis.csv', iconv.encode(text, 'shift_jis'))).rejects.toThrow(
    "byte 0x94 is not UTF-8; name the file's encoding, such as --encoding shift_jis, gb18030, euc-kr or windows-1251",
  );
});

test('tab-separated text as Excel saves "Unicode Text" is read', async () => {
  const { table } = await readText('unicode.txt', iconv.encode('\uFEFFid\ttext\r\n1\tfirst\r\n', 'utf-16le'));
  expect(table.columns).toEqual(['id', 'text']);
  expect(table.values).toEqual([['1'], ['first']]);
});

async function readText(name: string, content: string | Uint8Array) {
  return { table: await readTable(folder.write(name, content)) };
}
