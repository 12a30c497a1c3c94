import { type Cell, toCell } from './cell.js';
import { inputError } from './input-error.js';
import { addReport, emptyReport, note, type ReadReport } from './report.js';

/** Rows read, column by column. */
export interface Table {
  /** Names, each once. */
  columns: string[];
  /** Number of rows. */
  rows: number;
  /** Column-major: `values[column][row]`. */
  values: Cell[][];
  /** 1-based first line of each row in the file; the row's number for arrays and Parquet. */
  lines: Int32Array;
  /** The file's name or `rows`, for messages. */
  source: string;
  /** What was odd, by kind. */
  report: ReadReport;
  /** Of several files, each one's name and the first of its rows, in their order. */
  files?: { name: string; firstRow: number }[];
}

/** Where a row begins, for messages: `line 7`, or `line 7 of b.csv` where several files were read. */
export function placeOfRow({ lines, files = [] }: Table, row: number): string {
  const file = files.findLast(({ firstRow }) => firstRow <= row);
  return file ? `line ${lines[row]} of ${file.name}` : `line ${lines[row]}`;
}

/** Columns of a table, at most: a survey's export has some thousands, a file with more isn't one row a line. */
const MOST_COLUMNS = 5000;
// Cells of a table, at most. A cell takes 8 bytes even where it is empty, so this is 2 GiB.
const MOST_CELLS = 2 ** 28;
// A row of a million delimiters must not make a million columns.
const EXTRA_COLUMNS = 64;

/** Grows a table row by row; columns that appear later are filled up with nulls. */
export class TableBuilder {
  readonly columns: string[] = [];
  readonly values: Cell[][] = [];
  /** What was odd about the file that is being read. */
  report = emptyReport();
  /** That file's name, for messages. */
  source: string;
  rows = 0;
  /** Whether any of it came from a workbook. */
  hasSheets = false;
  #lines = new Int32Array(1024);
  readonly #at = new Map<string, number>();
  /** The names of this file's header, and the next number to try for one that is taken. */
  readonly #names = new Set<string>();
  readonly #numbers = new Map<string, number>();
  /** Where each of several files begins. */
  readonly #files: { name: string; firstRow: number; report: ReadReport }[] = [];
  /** Columns of the cells of a delimited row, by position. */
  #slots: number[] = [];
  #headerCells = 0;

  /** `title` names all that is read, for messages about the whole. */
  constructor(readonly title: string) {
    this.source = title;
  }

  /** What follows comes from another file; its rows get the file's name in a column of their own. */
  startFile(name: string): void {
    this.report = emptyReport();
    this.#files.push({ name, firstRow: this.rows, report: this.report });
    this.#slots = [];
    this.#names.clear();
    this.#numbers.clear();
    this.#headerCells = 0;
    this.source = name;
  }

  /** Takes the header of a delimited file: names made unique, blanks named by their position. */
  header(cells: readonly string[], line: number): void {
    this.#countColumns(cells.length, line);
    this.#headerCells = cells.length;
    const names = cells.map((cell) => cell.trim());
    const reserved = new Set(names);
    const seen = new Set<string>();
    for (const [position, name] of names.entries()) {
      if (name === '') note(this.report.unnamedHeaders, line, `column ${position + 1}`);
      else if (seen.has(name)) note(this.report.duplicateHeaders, line, name);
      seen.add(name);
      this.#addSlot(name === '' ? `column_${position + 1}` : name, line, reserved);
    }
  }

  /** Adds a row of a delimited file. */
  cells(cells: readonly Cell[], line: number): void {
    const width = this.#headerCells;
    if (cells.length < width) {
      note(this.report.shortRows, line, `${cells.length} of ${width} cells`);
    } else if (cells.length > width) {
      note(this.report.longRows, line, `${cells.length} cells, the header has ${width}`);
      const wanted = Math.min(cells.length, width + EXTRA_COLUMNS);
      while (this.#slots.length < wanted) this.#addSlot(`column_${this.#slots.length + 1}`, line);
    }
    const used = Math.min(cells.length, this.#slots.length);
    for (let c = 0; c < used; c++) this.#put(this.#slots[c], cells[c]);
    this.#endRow(line);
  }

  /** Adds a row of named values. */
  record(record: Record<string, unknown>, line: number): void {
    for (const key of Object.keys(record)) {
      this.#put(this.#at.get(key) ?? this.#addColumn(key, line), toCell(record[key]));
    }
    this.#endRow(line);
  }

  /** Adds rows that come column by column, all of the same length; their lines are their numbers. */
  columnCells(columns: { name: string; cells: Cell[] }[], rows: number): void {
    for (const { name, cells } of columns) {
      const at = this.#at.get(name) ?? this.#addColumn(name, this.rows + 1);
      const column = this.#filled(at);
      for (let row = 0; row < rows; row++) column.push(cells[row]);
    }
    const before = this.#files.at(-1)?.firstRow ?? 0;
    for (let row = 0; row < rows; row++) this.#endRow(this.rows + 1 - before);
  }

  finish(): Table {
    const { columns, rows, values, title: source } = this;
    for (const column of values) while (column.length < rows) column.push(null);
    const lines = this.#lines.slice(0, rows);
    if (this.#files.length === 0) return { columns, rows, values, lines, source, report: this.report };
    this.#addFileColumn();
    const report = emptyReport();
    for (const file of this.#files) addReport(report, file.report);
    const files = this.#files.map(({ name, firstRow }) => ({ name, firstRow }));
    return { columns, rows, values, lines, source, report, files };
  }

  #addFileColumn(): void {
    let name = 'file';
    for (let number = 2; this.#at.has(name); number++) name = `file_${number}`;
    const cells = new Array<Cell>(this.rows);
    for (const [at, { name: file, firstRow }] of this.#files.entries()) {
      cells.fill(file, firstRow, this.#files[at + 1]?.firstRow ?? this.rows);
    }
    this.columns.push(name);
    this.values.push(cells);
  }

  /** The column of the next cell of this file's rows: one of another file by the same name, or a new one. */
  #addSlot(wanted: string, line: number, reserved?: ReadonlySet<string>): void {
    const taken = (name: string) => this.#names.has(name);
    let name = wanted;
    if (taken(name)) {
      let number = this.#numbers.get(wanted) ?? 2;
      while (taken(`${wanted}_${number}`) || reserved?.has(`${wanted}_${number}`)) number++;
      this.#numbers.set(wanted, number + 1);
      name = `${wanted}_${number}`;
    }
    this.#names.add(name);
    this.#slots.push(this.#at.get(name) ?? this.#addColumn(name, line));
  }

  #put(at: number, cell: Cell): void {
    this.#filled(at).push(cell);
  }

  /** A column with nulls up to the row that is being added. */
  #filled(at: number): Cell[] {
    const column = this.values[at];
    while (column.length < this.rows) column.push(null);
    return column;
  }

  #addColumn(name: string, line: number): number {
    this.#countColumns(this.columns.length + 1, line);
    this.#at.set(name, this.columns.length);
    this.values.push([]);
    return this.columns.push(name) - 1;
  }

  #countColumns(count: number, line: number): void {
    if (count <= MOST_COLUMNS) return;
    throw inputError(
      'INPUT_TOO_LARGE',
      { source: this.source, line },
      `${count.toLocaleString('en-US')} columns; at most ${MOST_COLUMNS.toLocaleString('en-US')} are read; is this a table with a row a line?`,
    );
  }

  #endRow(line: number): void {
    const row = this.rows++;
    if (this.rows * this.columns.length > MOST_CELLS) {
      throw inputError(
        'INPUT_TOO_LARGE',
        { source: this.source, line },
        `${this.rows.toLocaleString('en-US')} rows of ${this.columns.length.toLocaleString('en-US')} columns are more than ${MOST_CELLS.toLocaleString('en-US')} cells; leave out columns or split the file`,
      );
    }
    if (row === this.#lines.length) {
      const wider = new Int32Array(row * 2);
      wider.set(this.#lines);
      this.#lines = wider;
    }
    this.#lines[row] = line;
  }
}
