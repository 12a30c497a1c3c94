import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCsv } from '../../src/read/csv.js';
import { reportFindings } from '../../src/read/report.js';
import { TableBuilder } from '../../src/read/table.js';

// Pollutions of single places as in Pollock (Vitagliano et al., VLDB 2023): a quote too many or too few, a delimiter
// or a line break too many or too few, another delimiter in one row.

const TEXTS = readFileSync('test/fixtures/read/30-lines.txt', 'utf8').trimEnd().split('\n');
const CLEAN = [
  ['id', 'kind', 'text', 'reply'],
  // Delimiters inside cells, in quotes: one that is lost can't be seen by counting cells.
  ...TEXTS.map((text, at) => [String(at + 1), `kind ${at % 4}`, text, `${at} words, and ${at + 1} more`]),
];

async function outcome(text: string): Promise<string[]> {
  const messages: string[] = [];
  const builder = new TableBuilder('polluted.csv');
  try {
    async function* texts() {
      yield text;
    }
    await readCsv(texts(), {}, builder);
  } catch (cause) {
    return [String(cause)];
  }
  const { values, columns } = builder.finish();
  const onProgress = ({ message }: { message?: string }) => message && messages.push(message);
  reportFindings(builder.source, builder.report, { onProgress });
  return [JSON.stringify([columns, values]), ...messages, ...builder.report.dialect];
}

const quoted = (cell: string) => (/[,"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const middle = (cell: string, inserted: string) =>
  cell.slice(0, cell.length >> 1) + inserted + cell.slice(cell.length >> 1);
const whole = (rows: readonly (readonly string[])[]) => rows.map((row) => `${row.join(',')}\n`).join('');

type Pollution = (rows: string[][], row: number, column: number) => string | undefined;

const cellwise =
  (change: (cell: string) => string | undefined): Pollution =>
  (rows, row, column) => {
    const changed = change(rows[row][column]);
    if (changed === undefined) return undefined;
    rows[row][column] = changed;
    return whole(rows);
  };

const joinedWithNext: Pollution = (rows, row, column) => {
  if (column + 1 >= rows[row].length) return undefined;
  rows[row].splice(column, 2, rows[row][column] + rows[row][column + 1]);
  return whole(rows);
};

const POLLUTIONS: Record<string, Pollution> = {
  'a quote before a cell': cellwise((cell) => `"${cell}`),
  'a quote behind a cell': cellwise((cell) => `${cell}"`),
  'a quote inside a cell': cellwise((cell) => middle(cell, '"')),
  'an opening quote lost': cellwise((cell) => (cell.startsWith('"') ? cell.slice(1) : undefined)),
  'a closing quote lost': cellwise((cell) => (cell.endsWith('"') ? cell.slice(0, -1) : undefined)),
  'a delimiter too many': cellwise((cell) => `,${cell}`),
  'a delimiter lost': joinedWithNext,
  'a line break inside an unquoted cell': cellwise((cell) =>
    cell.startsWith('"') ? undefined : middle(cell, '\n'),
  ),
  'a line break lost': (rows, row) => {
    if (row + 1 >= rows.length) return undefined;
    const lines = rows.map((cells) => cells.join(','));
    lines.splice(row, 2, lines[row] + lines[row + 1]);
    return lines.join('\n');
  },
  'another delimiter in one row': (rows, row) =>
    rows.map((cells, at) => `${cells.join(at === row ? ';' : ',')}\n`).join(''),
};

test('the clean file has nothing odd', async () => {
  const [read, ...messages] = await outcome(whole(CLEAN.map((cells) => cells.map(quoted))));
  expect(JSON.parse(read)[1].map((cells: string[]) => cells.length)).toEqual([48, 48, 48, 48]);
  expect(messages).toEqual([]);
});

test.each(Object.keys(POLLUTIONS))('%s is said, wherever it stands', async (name) => {
  const [clean] = await outcome(whole(CLEAN.map((cells) => cells.map(quoted))));
  const silent: string[] = [];
  let polluted = 0;
  for (const row of [0, 1, 2, 23, 47, 48]) {
    for (const column of CLEAN[0].keys()) {
      const text = POLLUTIONS[name](
        CLEAN.map((cells) => cells.map(quoted)),
        row,
        column,
      );
      if (text === undefined) continue;
      polluted++;
      const [read, ...messages] = await outcome(text);
      if (read !== clean && messages.length === 0 && !read.startsWith('UserError')) {
        silent.push(`row ${row}, column ${column}`);
      }
    }
  }
  expect(polluted).toBeGreaterThan(0);
  expect(silent).toEqual([]);
});
