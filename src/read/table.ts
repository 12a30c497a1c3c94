import type { Watch } from '../progress.js';

/** What a cell can hold. CSV cells are always strings; a cell that its row lacks is null. */
export type Cell = string | number | boolean | null;

/** How often something was met, with the first few places. */
export interface Finding {
  count: number;
  /** The first five; `line` is 1-based (the row's number for arrays and Parquet). */
  examples: { line: number; detail: string }[];
}

/** What was odd about a table. Nothing here stops a run. */
export interface ReadReport {
  /** Rows with fewer cells than the header; the missing ones are null. */
  shortRows: Finding;
  /** Rows with more cells than the header; the extra ones are kept in columns named `column_N`. */
  longRows: Finding;
  /** Header names that came twice and got a number: `title`, `title_2`. */
  duplicateHeaders: Finding;
  /** Header cells without a name, now `column_N`. */
  unnamedHeaders: Finding;
  /** Lines without anything on them, skipped. */
  emptyLines: number;
  /** Pieces of the file with bytes that the given encoding doesn't know, now U+FFFD. */
  replacedBytes: Finding;
  /** Rows whose text columns hold nothing; known after `documents`. They stay in the output, labelled -1. */
  blankTexts: Finding;
}

/** Rows read, column by column. */
export interface Table {
  columns: string[];
  rows: number;
  /** Column-major: `values[column][row]`. */
  values: Cell[][];
  /** 1-based first line of each row in the file; the row's number for arrays and Parquet. */
  lines: Int32Array;
  /** The file's name or `rows`, for messages. */
  source: string;
  report: ReadReport;
}

const EXAMPLES = 5;
// A row of a million delimiters must not make a million columns.
const EXTRA_COLUMNS = 64;

export const noFinding = (): Finding => ({ count: 0, examples: [] });

export function note(finding: Finding, line: number, detail: string): void {
  finding.count++;
  if (finding.examples.length < EXAMPLES) finding.examples.push({ line, detail });
}

/** Any value of a JSON object, a Parquet row or a caller's record as a cell. */
function toCell(value: unknown): Cell {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  // Parquet lists hold bigints, which JSON can't.
  return (
    JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? inner.toString() : inner)) ??
    String(value)
  );
}

/** Grows a table row by row; columns met late are filled up with nulls. */
export class TableBuilder {
  readonly columns: string[] = [];
  readonly values: Cell[][] = [];
  readonly report: ReadReport = {
    shortRows: noFinding(),
    longRows: noFinding(),
    duplicateHeaders: noFinding(),
    unnamedHeaders: noFinding(),
    emptyLines: 0,
    replacedBytes: noFinding(),
    blankTexts: noFinding(),
  };
  rows = 0;
  #lines = new Int32Array(1024);
  #at = new Map<string, number>();
  #headerCells = 0;

  constructor(readonly source: string) {}

  /** Takes the header of a delimited file: names made unique, blanks named by their position. */
  header(cells: string[], line: number): void {
    this.#headerCells = cells.length;
    for (const [position, cell] of cells.entries()) {
      const name = cell.trim();
      if (name === '') note(this.report.unnamedHeaders, line, `column ${position + 1}`);
      else if (this.#at.has(name) || cells.indexOf(cell) < position)
        note(this.report.duplicateHeaders, line, name);
      this.#addColumn(this.#free(name === '' ? `column_${position + 1}` : name, cells));
    }
  }

  /** Adds a row of a delimited file. */
  cells(cells: string[], line: number): void {
    const width = this.#headerCells;
    if (cells.length < width) {
      note(this.report.shortRows, line, `${cells.length} of ${width} cells`);
    } else if (cells.length > width) {
      note(this.report.longRows, line, `${cells.length} cells, the header has ${width}`);
      const wanted = Math.min(cells.length, width + EXTRA_COLUMNS);
      while (this.columns.length < wanted)
        this.#addColumn(this.#free(`column_${this.columns.length + 1}`, []));
    }
    const { values } = this;
    for (let c = 0; c < values.length; c++) values[c].push(c < cells.length ? cells[c] : null);
    this.#endRow(line);
  }

  /** Adds a row of named values. */
  record(record: Record<string, unknown>, line: number): void {
    for (const key of Object.keys(record)) {
      const at = this.#at.get(key) ?? this.#addColumn(key);
      this.values[at].push(toCell(record[key]));
    }
    this.#endRow(line);
  }

  finish(): Table {
    const { columns, rows, values, source, report } = this;
    return { columns, rows, values, lines: this.#lines.slice(0, rows), source, report };
  }

  #addColumn(name: string): number {
    this.#at.set(name, this.columns.length);
    this.values.push(new Array<Cell>(this.rows).fill(null));
    return this.columns.push(name) - 1;
  }

  #free(name: string, others: string[]): string {
    if (!this.#at.has(name)) return name;
    let number = 2;
    while (this.#at.has(`${name}_${number}`) || others.includes(`${name}_${number}`)) number++;
    return `${name}_${number}`;
  }

  #endRow(line: number): void {
    const row = this.rows++;
    for (const column of this.values) if (column.length <= row) column.push(null);
    if (row === this.#lines.length) {
      const wider = new Int32Array(row * 2);
      wider.set(this.#lines);
      this.#lines = wider;
    }
    this.#lines[row] = line;
  }
}

/** Tells the user what was odd, one line a kind. */
export function reportFindings(table: Table, { onProgress }: Watch): void {
  const { report, source } = table;
  const say = (finding: Finding, what: string, then: string) => {
    if (finding.count === 0) return;
    const [first] = finding.examples;
    const message = `${source}: ${finding.count} ${what}, first on line ${first.line} (${first.detail}); ${then}`;
    onProgress?.({ stage: 'read', level: 'warning', message });
  };
  say(report.duplicateHeaders, 'header name(s) came twice', 'they got a number');
  say(report.unnamedHeaders, 'header cell(s) without a name', 'they are called column_N');
  say(report.shortRows, 'row(s) with fewer cells than the header', 'the missing cells are empty');
  say(
    report.longRows,
    'row(s) with more cells than the header',
    'the extra cells are in columns named column_N',
  );
  say(report.replacedBytes, 'piece(s) with bytes that the encoding does not know', 'they are shown as �');
  if (report.emptyLines > 0) {
    const message = `${source}: ${report.emptyLines} empty line(s) skipped`;
    onProgress?.({ stage: 'read', level: 'info', message });
  }
}
