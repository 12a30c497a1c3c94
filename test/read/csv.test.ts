import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guessDelimiter, readCsv } from '../../src/read/csv.js';
import { TableBuilder } from '../../src/read/table.js';

async function read(
  text: string,
  { delimiter, chunk = 1 << 20 }: { delimiter?: string; chunk?: number } = {},
) {
  const builder = new TableBuilder('test.csv');
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  await readCsv(chunks(), delimiter, builder);
  return builder.finish();
}

describe('readCsv', () => {
  test('rows keep the line on which they begin, whatever line breaks lie inside quotes', async () => {
    const table = await read('a,b\r\n"x\r\ny\r\nz",1\r\n\r\nplain,2\n"u\nv","w\r\n"\nlast,3\n"end",4');
    expect(Array.from(table.lines)).toEqual([2, 6, 7, 10, 11]);
    expect(table.values[0]).toEqual(['x\r\ny\r\nz', 'plain', 'u\nv', 'last', 'end']);
    expect(table.report.emptyLines).toBe(1);
  });

  test('where the file is cut into chunks changes nothing', async () => {
    const text = 'tïtle,b\r\n"a ""quoted"" çell\r\nwith lines",1\r\nsimple,\r\n\r\n日本語,"x,y"\r\n';
    const whole = await read(text);
    for (let chunk = 1; chunk < 20; chunk++) {
      // The delimiter is guessed from the first chunk, so it is given here.
      expect(await read(text, { chunk, delimiter: ',' })).toEqual(whole);
    }
  });

  test('a short row gets nulls, a long one keeps its extra cells in new columns, both named by line', async () => {
    const table = await read('a,b\n1\n1,2,3,4\n5,6\n');
    expect(table.columns).toEqual(['a', 'b', 'column_3', 'column_4']);
    expect(table.values).toEqual([
      ['1', '1', '5'],
      [null, '2', '6'],
      [null, '3', null],
      [null, '4', null],
    ]);
    expect(table.report.shortRows).toEqual({ count: 1, examples: [{ line: 2, detail: '1 of 2 cells' }] });
    expect(table.report.longRows).toEqual({
      count: 1,
      examples: [{ line: 3, detail: '4 cells, the header has 2' }],
    });
  });

  test('a row of a thousand delimiters makes no thousand columns', async () => {
    const table = await read(`a\n${','.repeat(1000)}\nb\n`, { delimiter: ',' });
    expect(table.columns.length).toBe(65);
    expect(table.report.longRows.count).toBe(1);
  });

  test('a header of 100,000 cells is refused with the limit', async () => {
    await expect(
      read(`${Array.from({ length: 100_000 }, (_, c) => `c${c}`).join(',')}\n1\n`),
    ).rejects.toThrow('test.csv line 1: 100,000 columns; at most 5,000 are read');
  });

  test('thousands of equal header names are told apart, in the order of the file', async () => {
    const table = await read(`${'same,'.repeat(4999)}same\n${'1,'.repeat(4999)}2\n`);
    expect(table.columns.length).toBe(5000);
    expect(table.columns[4999]).toBe('same_5000');
    expect(table.values[4999]).toEqual(['2']);
    expect(table.report.duplicateHeaders.count).toBe(4999);
  });

  test('duplicate and missing header names become different ones', async () => {
    const table = await read('text,text_2,text,,text\n1,2,3,4,5\n');
    expect(table.columns).toEqual(['text', 'text_2', 'text_3', 'column_4', 'text_4']);
    expect(table.report.duplicateHeaders.count).toBe(2);
    expect(table.report.unnamedHeaders.examples).toEqual([{ line: 1, detail: 'column 4' }]);
  });

  test('quotes inside an unquoted cell stay as they are', async () => {
    const table = await read('a,b\nhe said "no",2\n"odd"cell,3\n');
    expect(table.values[0]).toEqual(['he said "no"', '"odd"cell']);
  });

  test('a quote that is never closed is reported with the line where its row begins', async () => {
    await expect(read('a,b\n1,2\n3,"open\n4,5\n')).rejects.toThrow(
      'test.csv line 3: a quote opens here and is never closed; close it, or double the quotes inside the cell',
    );
  });

  test('mixed line ends in one file all end rows', async () => {
    expect((await read('a\r\n1\n2\r3\r\n4')).values[0]).toEqual(['1', '2', '3', '4']);
  });

  test('any line counts agree with a plain count of the lines before a row', async () => {
    const cell = fc
      .array(fc.constantFrom('a', '\n', '\r\n', '"', ',', ' '), { maxLength: 6 })
      .map((parts) => parts.join(''));
    const rows = fc.array(fc.tuple(cell, cell, fc.constantFrom('\n', '\r\n')), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (drawn) => {
        let text = 'a,b\n';
        const lines: number[] = [];
        for (const [left, right, end] of drawn) {
          lines.push(text.split('\n').length);
          text += `"${left.replaceAll('"', '""')}","${right.replaceAll('"', '""')}"${end}`;
        }
        const table = await read(text, { delimiter: ',' });
        expect(Array.from(table.lines)).toEqual(lines);
        expect(table.values).toEqual([drawn.map(([left]) => left), drawn.map(([, right]) => right)]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('guessDelimiter', () => {
  test.each([
    ['title;text;date\n"a,b,c,d";1;2', ';'],
    ['title\ttext\n', '\t'],
    ['a|b|c', '|'],
    ['"one, two, three";b;c\n', ';'],
    ['lonely\n1,2', ','],
  ])('%j is divided by %j', (start, delimiter) => {
    expect(guessDelimiter(start)).toBe(delimiter);
  });
});
