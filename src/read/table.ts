import { UserError } from '../errors.js';
import { type Cell, toCell } from './cell.js';
import { emptyReport, note, type ReadReport } from './report.js';

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

/** Columns of a table, at most: a survey's export has some thousands, a file with more isn't one row a line. */
export const MOST_COLUMNS = 5000;
// Cells of a table, at most. A cell takes 8 bytes even where it is empty, so this is 2 GiB.
const MOST_CELLS = 2 ** 28;
// A row of a million delimiters must not make a million columns.
const EXTRA_COLUMNS = 64;

/** Grows a table row by row; columns met late are filled up with nulls. */
export class TableBuilder {
  readonly columns: string[] = [];
  readonly values: Cell[][] = [];
  readonly report = emptyReport();
  rows = 0;
  #lines = new Int32Array(1024);
  readonly #at = new Map<string, number>();
  /** The next number to try for a name that is taken. */
  readonly #numbers = new Map<string, number>();
  /** Columns of the cells of a delimited row, by position. */
  #slots: number[] = [];
  #headerCells = 0;

  constructor(readonly source: string) {}

  /** Takes the header of a delimited file: names made unique, blanks named by their position. */
  header(cells: readonly string[], line: number): void {
    this.#countColumns(cells.length, line);
    this.#headerCells = cells.length;
    const names = cells.map((cell) => cell.trim());
    const reserved = new Set(names);
    for (const [position, name] of names.entries()) {
      if (name === '') note(this.report.unnamedHeaders, line, `column ${position + 1}`);
      else if (this.#at.has(name)) note(this.report.duplicateHeaders, line, name);
      const wanted = name === '' ? `column_${position + 1}` : name;
      this.#slots.push(this.#addColumn(this.#free(wanted, reserved), line));
    }
  }

  /** Adds a row of a delimited file. */
  cells(cells: readonly string[], line: number): void {
    const width = this.#headerCells;
    if (cells.length < width) {
      note(this.report.shortRows, line, `${cells.length} of ${width} cells`);
    } else if (cells.length > width) {
      note(this.report.longRows, line, `${cells.length} cells, the header has ${width}`);
      const wanted = Math.min(cells.length, width + EXTRA_COLUMNS);
      while (this.#slots.length < wanted)
        this.#slots.push(this.#addColumn(this.#free(`column_${this.#slots.length + 1}`), line));
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
    for (let row = 0; row < rows; row++) this.#endRow(this.rows + 1);
  }

  finish(): Table {
    const { columns, rows, values, source, report } = this;
    for (const column of values) while (column.length < rows) column.push(null);
    return { columns, rows, values, lines: this.#lines.slice(0, rows), source, report };
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
    throw new UserError(
      `${this.source} line ${line}: ${count.toLocaleString('en-US')} columns; at most ${MOST_COLUMNS.toLocaleString('en-US')} are read; is this a table with a row a line?`,
    );
  }

  #free(name: string, reserved?: ReadonlySet<string>): string {
    if (!this.#at.has(name)) return name;
    let number = this.#numbers.get(name) ?? 2;
    while (this.#at.has(`${name}_${number}`) || reserved?.has(`${name}_${number}`)) number++;
    this.#numbers.set(name, number + 1);
    return `${name}_${number}`;
  }

  #endRow(line: number): void {
    const row = this.rows++;
    if (this.rows * this.columns.length > MOST_CELLS) {
      throw new UserError(
        `${this.source} line ${line}: ${this.rows.toLocaleString('en-US')} rows of ${this.columns.length.toLocaleString('en-US')} columns are more than ${MOST_CELLS.toLocaleString('en-US')} cells; leave out columns or split the file`,
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
