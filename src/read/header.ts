import type { Row } from './csv-row.js';
import { isTextName } from './names.js';

type Lined = Row & { line: number };

/** Where a table's header stands, and what is odd about the first rows. */
export interface Head {
  /** Rows before the header, left out: a report's title, its date. */
  before: number;
  /** Rows of the header; 0 where there is none. */
  headerRows: 0 | 1;
  /** Rows behind the header that belong to it, left out: a survey's second and third header. */
  after: number;
  /** The header names one cell fewer than rows have: R's row names. */
  rowNames: boolean;
  /** The header is one cell: lines are cells, whatever commas they hold. */
  oneColumn: boolean;
  /** Sentences for the user. */
  warnings: string[];
}

// A header that far down isn't looked for.
const LINES_BEFORE = 20;
const ROWS_COMPARED = 100;

/** Finds the header among the first rows, most of which have `width` cells. */
export function headOf(
  rows: readonly Lined[],
  width: number,
  header: boolean | undefined,
  mayBeOneColumn: boolean,
): Head {
  const head: Head = { before: 0, headerRows: 1, after: 0, rowNames: false, oneColumn: false, warnings: [] };
  if (header === false) return { ...head, headerRows: 0 };
  if (rows.length === 0) return head;
  const first = rows[0].cells.length;
  const below = rows.slice(1, 1 + ROWS_COMPARED).map(({ cells }) => cells);
  if (first < width || width === 1 || isSparse(rows[0].cells, width)) {
    const at = headerBelow(rows, width);
    if (at > 0) {
      head.before = at;
      const lines = rows[at].line - 1;
      head.warnings.push(
        `line${lines > 1 ? `s 1 to ${lines}` : ' 1'} before the header left out (${quoted(rows[0].cells)}); the header is ${quoted(rows[at].cells)}`,
      );
    } else if (first === width - 1 && areRowNames(below, width)) {
      head.rowNames = true;
      if (!countUp(below)) {
        head.warnings.push(
          `the header on line ${rows[0].line} has ${first} cells, rows have ${width}: their first cells are read as names of rows, in a column called row; if a delimiter is missing in the header, mend it`,
        );
      }
    } else if (first === 1 && mayBeOneColumn) {
      head.oneColumn = true;
      const [name] = rows[0].cells;
      if (name.includes('"') || (width > 2 && name.trim().split(/[^\p{L}\p{N}_'-]+/u).length === width)) {
        head.warnings.push(
          `the header on line ${rows[0].line} is one cell (${quoted([name])}), so each line is read as one; if cells are separated by something else, name it with --delimiter`,
        );
      }
    }
  }
  return secondHeader(rows, head, width);
}

/** The first row of full width that reads like a header, behind narrower ones; 0 where there is none. */
function headerBelow(rows: readonly Lined[], width: number): number {
  const at = rows.findIndex(({ cells }) => cells.length === width && !isSparse(cells, width));
  if (at <= 0 || at > LINES_BEFORE || width < 2) return 0;
  // `text` above `Yes, but no`: the name of one column, and a sentence.
  const [title] = rows[0].cells;
  const isProse = rows[at].cells.some((cell) => /^\s+\S/.test(cell));
  if (rows[0].cells.length === 1 && isProse && !/\s/.test(title.trim()) && isTextName(title)) return 0;
  const below = rows
    .slice(at + 1, at + 1 + ROWS_COMPARED)
    .map(({ cells }) => cells)
    .filter((cells) => cells.length === width);
  return below.length > 0 && namesColumns(rows[at].cells, below) ? at : 0;
}

/** Whether most cells of a row are blank: a title as spreadsheets export it, `Report 2031,,,`. */
const isSparse = (cells: readonly string[], width: number) =>
  width > 2 && cells.filter((cell) => cell.trim() !== '').length < width / 2;

const LONGEST_NAME = 80;

/** Whether cells name the columns below them: all there, all different, none of them a value of its column. */
export function namesColumns(cells: readonly string[], below: readonly string[][]): boolean {
  const names = cells.map((cell) => cell.trim());
  if (new Set(names).size < names.length) return false;
  if (names.some((name) => name === '' || name.length > LONGEST_NAME || isValue(name))) return false;
  if (names.some((name, c) => below.some((row) => row[c]?.trim() === name))) return false;
  return names.some((name, c) => {
    const column = columnOf(below, c);
    return (
      (isTextName(name) && name.split(/\s+/).length <= 4) ||
      mostly(column, isValue) ||
      medianLength(column) >= 3 * name.length
    );
  });
}

/** R writes row names without a name for them: numbers that count up, or different names in quotes. */
function areRowNames(below: readonly string[][], width: number): boolean {
  const full = below.filter((cells) => cells.length === width);
  if (full.length === 0 || full.length < below.length * 0.95) return false;
  const names = full.map((cells) => cells[0].trim());
  // Where the header is one cell, a row of two may as well be a sentence with a comma.
  const taken = width === 2 ? /\s/ : /\s\S+\s/;
  return names.every((name) => name !== '' && !taken.test(name)) && new Set(names).size === names.length;
}

/** Whether rows are numbered from 1, as R does it where they have no names. */
const countUp = (rows: readonly string[][]) => rows.every((cells, at) => cells[0]?.trim() === String(at + 1));

const SURVEY_WORDS = new Set(['Response', 'Open-Ended Response']);

/** Second headers of surveys: those of known exports are left out, rows that only look like one are reported. */
function secondHeader(rows: readonly Lined[], head: Head, width: number): Head {
  const at = head.before;
  const next = rows.slice(at + 1, at + 3);
  // Qualtrics: the questions, then ids as JSON.
  const imported = next.findIndex(({ cells }) => cells.some((cell) => /^\s*\{"ImportId":/.test(cell)));
  if (imported >= 0) {
    const from = next[0].line;
    const to = next[imported].line;
    head.after = imported + 1;
    head.warnings.push(
      `line${from === to ? ` ${from}` : `s ${from} to ${to}`} left out: Qualtrics’ own headers`,
    );
    return head;
  }
  const [second] = next;
  if (!second) return head;
  // SurveyMonkey: what kind of answer each column holds.
  const words = second.cells.filter((cell) => cell.trim() !== '');
  if (second.cells[0]?.trim() === '' && words.some((word) => SURVEY_WORDS.has(word.trim()))) {
    head.after = 1;
    head.warnings.push(`line ${second.line} left out: a second header (${quoted(words)})`);
    return head;
  }
  const below = rows
    .slice(at + 2, at + 2 + ROWS_COMPARED)
    .map(({ cells }) => cells)
    .filter((cells) => cells.length === width);
  const header = rows[at];
  if (below.length < 3) return head;
  const looksLikeData = cellLikeBelow(header.cells, below);
  if (looksLikeData !== undefined && !head.rowNames) {
    head.warnings.push(
      `the header on line ${header.line} looks like a row (${quoted([looksLikeData])}); --no-header keeps it as one`,
    );
    return head;
  }
  const odd = second.cells.filter((cell, c) => {
    const text = cell.trim();
    return (
      text !== '' && !isValue(text) && text.length <= LONGEST_NAME && mostly(columnOf(below, c), isValue)
    );
  });
  if (odd.length > 0) {
    head.warnings.push(
      `line ${second.line} looks like a second header (${quoted(odd)}); --skip-rows ${second.line}-${second.line} leaves it out`,
    );
  }
  return head;
}

/** The first of a header's cells that looks like a value of its column; undefined where all may be names. */
export const cellLikeBelow = (cells: readonly string[], below: readonly string[][]): string | undefined =>
  cells.find((cell, c) => isData(cell, columnOf(below, c)));

/** Whether a header's cell looks like one of the column's values: a number above numbers, a sentence above sentences. */
function isData(cell: string, column: string[]): boolean {
  const text = cell.trim();
  if (isValue(text)) return mostly(column, isValue);
  const words = text.split(/\s+/).length;
  return (
    words >= 4 &&
    !/[?:]$/.test(text) &&
    text.length >= 0.5 * medianLength(column) &&
    medianLength(column) >= 20
  );
}

const VALUE =
  /^[-+]?[\d.,:/\s%€$£-]*\d[\d.,:/\s%€$£-]*(?:[eE][-+]?\d+)?$|^\d{4}-\d\d-\d\dT[\d:.]+Z?$|^https?:\/\/\S+$/;

/** A number, a date, a time or an address: what no column is called, but for years. */
const isValue = (text: string) => VALUE.test(text.trim());

const columnOf = (rows: readonly string[][], c: number) =>
  rows.flatMap((row) => (row[c]?.trim() ? [row[c].trim()] : []));

const mostly = (cells: string[], is: (cell: string) => boolean) =>
  cells.length > 0 && cells.filter(is).length >= 0.9 * cells.length;

function medianLength(cells: string[]): number {
  const lengths = cells.map(({ length }) => length).sort((a, b) => a - b);
  return lengths[lengths.length >> 1] ?? 0;
}

const SHOWN = 60;

function quoted(cells: readonly string[]): string {
  const text = cells.join(', ').replace(/\s+/g, ' ').trim();
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}
