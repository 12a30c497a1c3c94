import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { readCsv } from '../../src/read/csv.js';
import { detectDialect } from '../../src/read/dialect.js';
import { decoded } from '../../src/read/lines.js';
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
  await readCsv(decoded(chunks()), { delimiter }, builder);
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
      expect(await read(text, { chunk })).toEqual(whole);
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

  test('thousands of equal header names get different names, in the order of the file', async () => {
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

describe('detectDialect', () => {
  test.each([
    ['title;text;date\n"a,b,c,d";1;2', ';'],
    ['title\ttext\n', '\t'],
    ['a|b|c', '|'],
    ['"one, two, three";b;c\n', ';'],
    ['id^kind^text\n1^a^One, two, and three\n2^b^Four, five\n', '^'],
    ['id~text\n1~One; two\n2~Three\n', '~'],
    ['id\x01text\n1\x01One, two\n2\x01Three\n', '\x01'],
    ['text\nAbout ~5 minutes\nOr so, they say\n', null],
    ['header\n1,2', ','],
    ['sep=;\na;b\n1,5;2,5\n', ';'],
    ['a;b\n1,5;2,5\n3,5;4,5\n', ';'],
    ['id (a, b);kind (c, d, or e);text\n1;x;y\n2;x;y\n', ';'],
    ['text\nYes, but no\nNo, and never, ever\n', null],
  ])('%j is divided by %j', (start, delimiter) => {
    expect(detectDialect(start, true).dialect.delimiter).toBe(delimiter);
  });
});

describe('quotes that are not as they should be', () => {
  const cellsOf = async (text: string, delimiter = ',') => {
    const { values, rows, report } = await read(text, { delimiter });
    return {
      rows: Array.from({ length: rows }, (_, row) => values.map((column) => column[row])),
      lines: report.strayQuotes.examples.map(({ line }) => line),
    };
  };

  test.each([
    // An extra quote at either end of a quoted cell.
    [
      'a,b\n1,""x"\n2,y\n',
      [
        ['1', '"x'],
        ['2', 'y'],
      ],
      [2],
    ],
    [
      'a,b,c\n1,"x"","z"\n2,y,w\n',
      [
        ['1', 'x"', 'z'],
        ['2', 'y', 'w'],
      ],
      [2],
    ],
    // Quotes inside a quoted cell that nobody doubled.
    [
      'a,b\n1,"he said "no" to me"\n2,y\n',
      [
        ['1', 'he said "no" to me'],
        ['2', 'y'],
      ],
      [2],
    ],
    [
      'a,b\n1,"first line\nhe said "no" to, well, me"\n2,y\n',
      [
        ['1', 'first line\nhe said "no" to, well, me'],
        ['2', 'y'],
      ],
      [2],
    ],
    // A quote that opens a cell, is never closed, and would swallow the rows up to the next one.
    [
      'a,b,c\n1,x,"y\n2,x,"z, w"\n3,x,v\n',
      [
        ['1', 'x', '"y'],
        ['2', 'x', 'z, w'],
        ['3', 'x', 'v'],
      ],
      [2],
    ],
    [
      'a,b,c\n1,x,"y\n2,x,z\n3,x,v\n4,x,u\n',
      [
        ['1', 'x', '"y'],
        ['2', 'x', 'z'],
        ['3', 'x', 'v'],
        ['4', 'x', 'u'],
      ],
      [2],
    ],
    // The last of several stray quotes, though nothing follows it.
    [
      'a,b,c\n1,x,"y\n2,x,"z\n',
      [
        ['1', 'x', '"y'],
        ['2', 'x', '"z'],
      ],
      [2, 3],
    ],
    // A delimiter that is missing before a quoted cell which holds one: the number of cells is right.
    [
      'a,b,c\n1,x"y, z",w\n2,x,"y"\n',
      [
        ['1', 'x"y', ' z"', 'w'],
        ['2', 'x', 'y', null],
      ],
      [2],
    ],
    [
      'a,b,c\n1,x"y, z"\n2,x,"y"\n',
      [
        ['1', 'x"y', ' z"'],
        ['2', 'x', 'y'],
      ],
      [2],
    ],
    // A quote that none opens.
    [
      'a,b\n1,x"\n2,27" or 30" wide\n3,say "y"\n',
      [
        ['1', 'x"'],
        ['2', '27" or 30" wide'],
        ['3', 'say "y"'],
      ],
      [2],
    ],
    // Closed lines later: kept as written, since it may be meant, but named.
    [
      'a,b,c\n1,x,"y\n2,x,z"\n3,x,v\n',
      [
        ['1', 'x', 'y\n2,x,z'],
        ['3', 'x', 'v'],
      ],
      [2],
    ],
  ])('%j', async (text, rows, lines) => {
    expect(await cellsOf(text)).toEqual({ rows, lines });
  });

  test('texts of several lines are no stray quotes', async () => {
    const text = 'id,text,n\n1,"Dear all,\n\nthanks, and good bye",2\n2,"a, b\nc",3\n';
    expect(await cellsOf(text)).toEqual({
      rows: [
        ['1', 'Dear all,\n\nthanks, and good bye', '2'],
        ['2', 'a, b\nc', '3'],
      ],
      lines: [],
    });
  });

  test('nor are lines of texts that have as many commas as rows, each before a space', async () => {
    const text =
      'lang,book,quote\nen,a,"There are always alternatives.\n\t-- Spock, ""The Galileo Seven"", stardate 2822.3"\n' +
      'de,b,"Gremien:\nDie einen, die Probleme lösen, die es sonst nicht gäbe."\n';
    const { rows, lines } = await cellsOf(text);
    expect(lines).toEqual([]);
    expect(rows.map((cells) => cells.length)).toEqual([3, 3]);
  });

  test('lines that are rows are, though some of their cells begin with a space', async () => {
    const { lines } = await cellsOf('a,b,c\n1,x,"y\n2, x,z"\n3,x,v\n');
    expect(lines).toEqual([2]);
  });

  test('in a tab-separated file a quote is text unless it closes at a cell’s end in its row', async () => {
    const text = 'a\tb\n1\t"x\n2\t"y" z\n3\t"whole\tcell"\n4\tan end"\n5\t"closed"\n6\t"last\n';
    const { rows, lines } = await cellsOf(text, '\t');
    expect(lines).toEqual([2, 7]);
    expect(rows).toEqual([
      ['1', '"x'],
      ['2', '"y" z'],
      ['3', 'whole\tcell'],
      ['4', 'an end"'],
      ['5', 'closed'],
      ['6', '"last'],
    ]);
  });
});

describe('backslashes', () => {
  test('before quotes and delimiters of unquoted cells are taken off where the file is written so', async () => {
    const text = 'id,text,n\n1,27\\" wide,2\n2,say \\"a\\"\\, \\"b\\",3\n3,"c, \\"d\\"",4\n4,C:\\new,5\n';
    for (const chunk of [1, 3, 1000]) {
      const table = await read(text, { chunk });
      expect(table.values[1]).toEqual(['27" wide', 'say "a", "b"', 'c, "d"', 'C:\\new']);
      expect(table.report.strayQuotes.count).toBe(0);
    }
  });

  test('stay where quotes are doubled', async () => {
    const table = await read('id,text\n1,"C:\\"\n2,"say ""no"", then"\n3,a\\b\n');
    expect(table.values[1]).toEqual(['C:\\', 'say "no", then', 'a\\b']);
  });
});

test('cells that csv-stringify has written come back, whatever they hold and however the file is cut', async () => {
  const cell = fc
    .array(fc.constantFrom('a', 'bc', '\n', '\r\n', '"', '""', ',', ';', '\t', ' ', "'", '\\', 'é'), {
      maxLength: 8,
    })
    .map((parts) => parts.join(''));
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 10 }),
    );
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(',', ';', '|'),
      fc.integer({ min: 1, max: 50 }),
      async (rows, delimiter, chunk) => {
        const header = rows[0].map((_, c) => `column ${c}`);
        const written = stringify([header, ...rows], { delimiter, quoted: true });
        const read_ = await read(written, { delimiter, chunk });
        expect(read_.values).toEqual(header.map((_, c) => rows.map((row) => row[c])));
      },
    ),
    { numRuns: 300 },
  );
});

test('any text is read or refused in one line', async () => {
  const piece = fc.constantFrom(
    'a',
    '1',
    '\n',
    '\r',
    '"',
    '""',
    ',',
    ';',
    '\t',
    ' ',
    "'",
    '\\',
    '\0',
    'sep=',
    '�',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 80 }),
      fc.integer({ min: 1, max: 40 }),
      async (pieces, chunk) => {
        const outcome = await read(pieces.join(''), { chunk }).catch((cause) => cause);
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(UserError);
          expect(outcome.message).not.toContain('\n');
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('a row of more than 64 MiB is refused with its line', async () => {
  const text = `a,b\n1,2\n"${'words in a cell\n'.repeat(4.5 * 1024 * 1024)}",3\n`;
  await expect(read(text)).rejects.toThrow('test.csv line 3: a row of more than 64 MiB');
}, 60_000);
