import { type Dialect, parseRow, type Row } from './csv-row.js';
import { type Head, headOf, namesColumns } from './header.js';

/** What is known about a file before it is looked at. */
export interface Given {
  delimiter?: string;
  /** One character, or null for none. */
  quote?: string | null;
  escape?: 'double' | 'backslash';
  /** Tab-separated by its name. */
  tabs?: boolean;
  header?: boolean;
  /** Lines to leave out before the header. */
  skip?: number;
  /** Other lines to leave out, by their numbers. */
  leftOut?: (line: number) => boolean;
}

/** A dialect, where the table begins, and what was unusual. */
export interface Detected extends Head {
  dialect: Dialect;
  /** Lines that `sep=` and the skipped ones take at the file's start. */
  skipped: number;
  /** What a user may want to know about how the file is written. */
  notes: string[];
}

const DELIMITERS = [',', ';', '\t', '|'];
/** Those that sentences hold too. */
const PROSE = ',;';
/** Those of databases and of people who wanted none that texts hold; tried where the usual ones cut no row. */
const RARE_DELIMITERS = ['\x01', '\x1F', '^', '~', '¦', '§'];
const ROWS_LOOKED_AT = 300;

/**
 * The dialect that gives most rows of a file's beginning the same number of cells, two or more, with the fewest odd
 * quotes; and where the header stands. `whole` says that the sample is all there is.
 */
export function detectDialect(sample: string, whole: boolean, given: Given = {}): Detected {
  let skipped = given.skip ?? 0;
  let start = afterLines(sample, skipped);
  let delimiters = given.delimiter ? [given.delimiter] : given.tabs ? ['\t'] : DELIMITERS;
  const named = /^"?sep=(\\t|[^"\r\n])"?[^\S\r\n]*(?:\r\n|\n|\r)/i.exec(sample.slice(start, start + 20));
  if (named && !given.delimiter) {
    delimiters = [named[1] === '\\t' ? '\t' : named[1]];
    start += named[0].length;
    skipped++;
  }
  const text = sample.slice(start);
  const bestOf = (candidates: string[]): Look =>
    candidates
      .flatMap((delimiter) => dialectsOf(text, delimiter, given))
      .map((dialect) => look(text, whole, dialect, skipped + 1, given.leftOut))
      // Equal scores: the earlier in the list, which is the more usual.
      .reduce((first, next) => (next.score > first.score ? next : first));
  let best = bestOf(delimiters);
  if (delimiters === DELIMITERS && best.rows[0]?.cells.length === 1) {
    const rare = bestOf(RARE_DELIMITERS);
    if (cutsEveryRow(rare)) best = rare;
  }
  const fixed = given.delimiter !== undefined || named !== null || given.tabs === true;
  const head = headOf(best.rows, best.width, given.header, !fixed);
  const dialect = head.oneColumn ? { ...best.dialect, delimiter: null } : best.dialect;
  const notes = notesOn(dialect, given);
  if (head.rowNames) notes.push('a cell more than names: names of rows, in the column row');
  return { ...head, dialect, skipped, notes };
}

/** Whether all rows are cut into as many cells, under a row of names. */
function cutsEveryRow({ rows, width }: Look): boolean {
  if (width < 2 || rows.length < 2 || rows.some(({ cells }) => cells.length !== width)) return false;
  const [header, ...below] = rows.map(({ cells }) => cells);
  return namesColumns(header, below);
}

/** Whether a text's beginning is a table of cells: so large a share of its rows has the same number of them. */
export function looksDelimited(sample: string, share: number): boolean {
  const looks = DELIMITERS.map((delimiter) => look(sample, false, usual(delimiter, {}), 1));
  return looks.some(({ rows, width, dialect }) => {
    const wide = rows.filter(({ cells }) => cells.length === width);
    if (width < 2 || rows.length < 2 || wide.length < share * rows.length) return false;
    return (
      !PROSE.includes(dialect.delimiter ?? '') ||
      namesColumns(
        rows[0].cells,
        wide.slice(1).map(({ cells }) => cells),
      )
    );
  });
}

/** Position after so many line breaks. */
export function afterLines(text: string, lines: number): number {
  let at = 0;
  for (let line = 0; line < lines && at < text.length; line++) {
    const found = /\r\n|\n|\r/g;
    found.lastIndex = at;
    const match = found.exec(text);
    at = match ? match.index + match[0].length : text.length;
  }
  return at;
}

const usual = (delimiter: string, given: Given): Dialect => ({
  delimiter,
  quote: given.quote === undefined ? '"' : given.quote,
  escape: given.escape ?? 'double',
  skipSpace: false,
  sparseQuotes: delimiter === '\t' && given.quote === undefined,
});

/** Ways of quoting that the text has a trace of, the usual one first. */
function dialectsOf(text: string, delimiter: string, given: Given): Dialect[] {
  const first = usual(delimiter, given);
  const found = [first];
  const has = (part: string) => text.includes(part);
  if (given.quote === undefined && has(`${delimiter}'`) && has(`'${delimiter}`))
    found.push({ ...first, quote: "'" });
  if (given.escape === undefined) {
    for (const dialect of [...found]) {
      if (has(`\\${dialect.quote ?? delimiter}`) || has(`\\${delimiter}`))
        found.push({ ...dialect, escape: 'backslash' });
    }
  }
  for (const dialect of [...found]) {
    if (delimiter !== ' ' && dialect.quote && has(`${delimiter} ${dialect.quote}`))
      found.push({ ...dialect, skipSpace: true });
  }
  return found;
}

/** The rows of a sample as a dialect cuts them. */
interface Look {
  dialect: Dialect;
  rows: (Row & { line: number })[];
  /** The number of cells that most rows have. */
  width: number;
  score: number;
}

function look(
  text: string,
  whole: boolean,
  dialect: Dialect,
  firstLine: number,
  leftOut?: (line: number) => boolean,
): Look {
  const rows: Look['rows'] = [];
  let line = firstLine;
  let odd = 0;
  const widths = new Map<number, number>();
  for (let at = 0; at < text.length && rows.length < ROWS_LOOKED_AT; ) {
    const row = parseRow(text, at, dialect, 0, whole);
    if (!row) break;
    const empty = row.cells.length === 1 && row.cells[0] === '';
    if (!empty && !leftOut?.(line)) {
      rows.push({ ...row, line });
      widths.set(row.cells.length, (widths.get(row.cells.length) ?? 0) + 1);
      if (row.oddity || row.unclosed || row.hasBackslash) odd++;
    }
    line += 1 + row.breaks;
    at = row.end;
  }
  let width = 1;
  for (const [cells, count] of widths) {
    const most = widths.get(width) ?? 0;
    if (count > most || (count === most && cells > width)) width = cells;
  }
  const share = rows.length === 0 ? 0 : (widths.get(width) ?? 0) / rows.length;
  const oddShare = rows.length === 0 ? 0 : odd / rows.length;
  return { dialect, rows, width, score: (width > 1 ? share : 0) - oddShare / 2 };
}

const NAMES: Record<string, string> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
  '\x01': 'Ctrl-A',
  '\x1F': 'unit separators',
};

function notesOn(dialect: Dialect, given: Given): string[] {
  const notes: string[] = [];
  const { delimiter, quote, skipSpace } = dialect;
  if (delimiter === null) notes.push('one column: a line is a cell');
  else if (given.delimiter === undefined && !given.tabs && delimiter !== ',') {
    notes.push(`cells between ${NAMES[delimiter] ?? JSON.stringify(delimiter)}`);
  }
  if (given.quote === undefined && quote === "'") notes.push('quotes are apostrophes');
  if (given.escape === undefined && dialect.escape === 'backslash')
    notes.push('quotes inside cells are written \\"');
  if (skipSpace) notes.push('spaces before cells left out');
  return notes;
}
