import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { CsvError, type InfoRecord, parse } from 'csv-parse';
import { UserError } from '../errors.js';
import { LONGEST_ROW, tooLong } from './lines.js';
import type { TableBuilder } from './table.js';

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Reads delimited rows, the first being the header.
 * @throws UserError with the line of a quote that is never closed.
 */
export async function readCsv(
  bytes: AsyncIterable<Buffer>,
  delimiter: string | undefined,
  builder: TableBuilder,
): Promise<void> {
  let chosen = delimiter;
  let parser: ReturnType<typeof parse> | undefined;
  let failure: unknown;
  const rows = new RowLines();
  let lastByte = 0;

  for await (const chunk of bytes) {
    lastByte = chunk[chunk.length - 1];
    chosen ??= guessDelimiter(chunk.toString());
    if (!parser) {
      parser = openParser(chosen, (cells, info) => {
        const line = rows.firstLine(cells, info.lines);
        if (builder.columns.length === 0) builder.header(cells, line);
        else builder.cells(cells, line);
      });
      parser.on('error', (cause) => {
        failure ??= cause;
      });
      parser.resume();
    }
    if (!parser.write(chunk) && !failure && !parser.destroyed)
      await Promise.race([once(parser, 'drain'), once(parser, 'close')]);
    if (failure) break;
  }
  if (!parser) return;
  if (!failure) {
    parser.end();
    await finished(parser).catch((cause) => {
      failure ??= cause;
    });
  }
  if (failure instanceof CsvError && failure.code === 'CSV_MAX_RECORD_SIZE') {
    throw tooLong(builder.source, rows.next, 'a row');
  }
  if (failure instanceof CsvError) {
    throw new UserError(
      `${builder.source} line ${rows.next}: a quote opens here and is never closed; close it, or double the quotes inside the cell`,
    );
  }
  if (failure) throw failure;
  // csv-parse takes what follows the last line break for one more empty line.
  const ended = lastByte === 10 || lastByte === 13;
  builder.report.emptyLines = parser.info.empty_lines - (ended ? 1 : 0);
}

function openParser(delimiter: string, onRecord: (cells: string[], info: InfoRecord) => void) {
  return parse({
    delimiter,
    // All of them at once: files are pasted together from several systems.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    on_record: (cells: string[], info) => {
      onRecord(cells, info);
      return null; // kept by the builder; nothing waits in the stream
    },
  });
}

/**
 * First lines of records. csv-parse tells a record's last line, and counts a CRLF inside quotes as two.
 */
class RowLines {
  #last = 0;
  #doubled = 0;

  firstLine(cells: string[], told: number): number {
    let inside = 0;
    if (told - this.#doubled > this.#last + 1) {
      for (const cell of cells) {
        for (const match of cell.matchAll(/\r\n|\n|\r/g)) {
          inside++;
          if (match[0].length === 2) this.#doubled++;
        }
      }
    }
    this.#last = told - this.#doubled;
    return this.#last - inside;
  }

  /** The line after the last whole record. */
  get next(): number {
    return this.#last + 1;
  }
}

/** The delimiter that the header line holds most of outside quotes; a comma where it holds none. */
export function guessDelimiter(start: string): string {
  const counts = new Map(DELIMITERS.map((delimiter) => [delimiter, 0]));
  let quoted = false;
  for (const character of start) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '\n' || character === '\r')) break;
    else if (!quoted && counts.has(character)) counts.set(character, counts.get(character)! + 1);
  }
  // Equal counts: the earlier in the list.
  return DELIMITERS.reduce((best, next) => (counts.get(next)! > counts.get(best)! ? next : best));
}
