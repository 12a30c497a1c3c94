import { type Dialect, parseRow, type Row } from './csv-row.js';
import { afterLines, type Detected, detectDialect, type Given } from './dialect.js';
import { inputError } from './input-error.js';
import { LONGEST_ROW, tooLong } from './lines.js';
import { note } from './report.js';
import type { TableBuilder } from './table.js';

/** DOS programs write Ctrl-Z behind the last line. */
const END_OF_FILE = '\x1A';
/** Characters by which the dialect and the header are found. */
const SAMPLE = 256 * 1024;

/**
 * Reads delimited rows: finds the dialect and the header by the file's beginning, then streams.
 * @throws UserError with the line of a quote that is never closed, or of a row longer than LONGEST_ROW.
 */
export async function readCsv(
  texts: AsyncIterable<string>,
  given: Given,
  builder: TableBuilder,
): Promise<void> {
  let reader: RowReader | undefined;
  let sample = '';
  for await (const text of texts) {
    if (reader) reader.take(text, false);
    else {
      sample += text;
      if (sample.length < SAMPLE) continue;
      reader = new RowReader(detectDialect(sample, false, given), given.leftOut, builder);
      reader.take(sample, false);
    }
  }
  reader ??= new RowReader(detectDialect(sample, true, given), given.leftOut, builder);
  // The part that has been taken already isn't taken twice.
  reader.take(reader.started ? '' : sample, true);
}

/** Cuts text that comes in pieces into rows, and adds them to a table. */
class RowReader {
  started = false;
  #rest = '';
  /** Characters that must be there before another try: doubled each time, so that a long row costs its length. */
  #needed = 0;
  #line = 1;
  /** Rows read so far, without the empty ones. */
  #read = 0;
  #width = 0;
  readonly #dialect: Dialect;

  constructor(
    readonly detected: Detected,
    readonly leftOut: ((line: number) => boolean) | undefined,
    readonly builder: TableBuilder,
  ) {
    this.#dialect = detected.dialect;
    builder.report.dialect.push(...detected.notes);
    builder.report.warnings.push(...detected.warnings);
  }

  take(text: string, final: boolean): void {
    let all = this.#rest + text;
    if (!this.started) {
      const start = afterLines(all, this.detected.skipped);
      this.#line += this.detected.skipped;
      all = all.slice(start);
      this.started = true;
    }
    if (all.length < this.#needed && !final) {
      this.#rest = all;
      return;
    }
    let at = 0;
    while (at < all.length) {
      const row = this.#next(all, at, final);
      if (!row) break;
      at = row.end;
    }
    this.#rest = all.slice(at);
    this.#needed = Math.min(2 * this.#rest.length, LONGEST_ROW);
  }

  #next(text: string, at: number, final: boolean): Row | undefined {
    let row = parseRow(text, at, this.#dialect, this.#width, final);
    const long = text.length - at > LONGEST_ROW;
    if (!row && long) {
      // Parse as if the file ended here: a quote that nothing closes within LONGEST_ROW counts as stray.
      row = parseRow(text, at, this.#dialect, this.#width, true);
      if (!row || row.unclosed || row.end >= text.length)
        throw tooLong(this.builder.source, this.#line, 'a row');
    }
    // If the file had stray quotes before, an unclosed one is read as stray too.
    if (row?.unclosed && this.builder.report.strayQuotes.count > 0) {
      row = parseRow(text, at, { ...this.#dialect, sparseQuotes: true }, this.#width, final);
    }
    if (!row) return undefined;
    if (row.end - at > LONGEST_ROW) throw tooLong(this.builder.source, this.#line, 'a row');
    if (row.unclosed) {
      throw inputError(
        'FORMAT_INVALID',
        { source: this.builder.source, line: this.#line },
        `a quote opens here and is never closed; close it, or double the quotes inside the cell, or --quote none where quotes are text`,
      );
    }
    this.#add(row);
    this.#line += 1 + row.breaks;
    return row;
  }

  #add({ cells, oddity }: Row): void {
    const { builder, detected } = this;
    if (cells.length === 1 && (cells[0] === '' || cells[0] === END_OF_FILE)) {
      if (this.#read >= detected.before) builder.report.emptyLines++;
      return;
    }
    if (this.leftOut?.(this.#line)) return;
    const index = this.#read++ - detected.before;
    if (index < 0) return;
    if (oddity) note(builder.report.strayQuotes, this.#line, oddity);
    if (index === 0 && detected.headerRows === 1) {
      const names = detected.rowNames ? ['row', ...cells] : cells;
      builder.header(names, this.#line);
      this.#width = names.length;
    } else if (index === 0) {
      builder.header(
        cells.map((_, c) => `column_${c + 1}`),
        this.#line,
      );
      this.#width = cells.length;
      builder.cells(cells, this.#line);
    } else if (index > detected.after) builder.cells(cells, this.#line);
  }
}
