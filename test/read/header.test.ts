import { expect, test } from 'vitest';
import { headOf } from '../../src/read/header.js';

const LONG = 'A sentence of several words that says what happened';

/** The head of rows given as lines with commas between cells, the widest of which is the table's width. */
function head(lines: string[], header?: boolean, mayBeOneColumn = true) {
  const rows = lines.map((line, at) => ({
    cells: line.split(','),
    line: at + 1,
    end: 0,
    breaks: 0,
    unclosed: false,
  }));
  const width = Math.max(...rows.map(({ cells }) => cells.length));
  return headOf(rows, width, header, mayBeOneColumn);
}

test('the first row is the header of an ordinary table', () => {
  expect(head(['id,text', `1,${LONG}`, `2,${LONG} too`])).toEqual({
    before: 0,
    headerRows: 1,
    after: 0,
    rowNames: false,
    oneColumn: false,
    warnings: [],
  });
});

test('no header is looked for where there is none by the options', () => {
  expect(head([`1,${LONG}`, `2,${LONG}`], false)).toMatchObject({ headerRows: 0, warnings: [] });
});

test.each([
  ['narrower rows', ['Report', 'Date: 2031', 'id,kind,text', `1,a,${LONG}`, `2,b,${LONG} too`], 2],
  [
    'rows filled up with blank cells',
    ['Report,,', ',,', 'id,kind,text', `1,a,${LONG}`, `2,b,${LONG} too`],
    2,
  ],
])('a title in %s is left out and said', (_, lines, before) => {
  const found = head(lines);
  expect(found.before).toBe(before);
  expect(found.warnings).toEqual([
    expect.stringContaining(`lines 1 to ${before} before the header left out`),
  ]);
});

test.each([
  [',text', [`0,${LONG}`, `1,${LONG} too`]],
  [',text', ['first name,Fine', 'second name,Good enough']],
  ['id,text,,', [`1,${LONG},,`, `2,${LONG},x,y`]],
])('a header with cells that have no name, %s, is no title', (first, rows) => {
  expect(head([first, ...rows])).toMatchObject({ before: 0, headerRows: 1 });
});

test('one name fewer than cells are row names: said where they are not plain numbers', () => {
  expect(head(['kind,text', `1,a,${LONG}`, `2,b,${LONG} too`])).toMatchObject({
    rowNames: true,
    warnings: [],
  });
  const named = head(['kind,text', `ann,a,${LONG}`, `bob,b,${LONG} too`]);
  expect(named.rowNames).toBe(true);
  expect(named.warnings).toEqual([
    expect.stringContaining(
      'the header on line 1 has 2 cells, rows have 3: their first cells are read as names',
    ),
  ]);
});

test('a header of one cell above sentences with commas makes one column', () => {
  const lines = ['text', 'Yes, but no, thanks', 'No, and never, ever'];
  expect(head(lines)).toMatchObject({ oneColumn: true, warnings: [] });
  expect(head(lines, undefined, false).oneColumn).toBe(false);
});

test('a header of one cell that lists as many words as rows have cells is named', () => {
  expect(head(['id kind text', `1,a,${LONG}`, `2,b,${LONG} too`]).warnings).toEqual([
    'the header on line 1 is one cell ("id kind text"), so each line is read as one; if cells are separated by something else, name it with --delimiter',
  ]);
});

test.each([
  ['a number above numbers', ['0,Some text', '1,Another text', '2,More text', '3,Text', '4,Text again']],
  ['a sentence above sentences', [LONG, `${LONG} too`, `${LONG} as well`, `${LONG} again`, `${LONG} more`]],
  ['a date above dates', ['2031-01-01,x', '2031-01-02,y', '2031-01-03,z', '2031-01-04,u', '2031-01-05,v']],
])('%s is a header that looks like a row', (_, lines) => {
  expect(head(lines).warnings).toEqual([expect.stringContaining('the header on line 1 looks like a row')]);
});
