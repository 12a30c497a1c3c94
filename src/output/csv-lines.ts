import { stringify } from 'csv-stringify/sync';
import { UserError } from '../errors.js';
import { withoutFormula } from './formula.js';

export interface CsvOptions {
  /**
   * A byte order mark and CRLF, so that Excel shows every script and line break, and an apostrophe before what it
   * would take for a formula. Default false.
   */
  excel?: boolean;
  /** One character between cells. Default a comma. */
  delimiter?: string;
}

export type CsvValue = string | number | boolean | null;

/** A CSV file in pieces: its first line, then the lines of any number of records at a time. */
export interface CsvLines {
  head: string;
  lines(records: CsvValue[][]): string;
}

/** How both clusters.csv and the map's page write CSV. Nothing here needs Node. */
export function openCsv(header: string[], { excel = false, delimiter = ',' }: CsvOptions = {}): CsvLines {
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new UserError(
      `delimiter ${JSON.stringify(delimiter)}: must be one character and no quote or line break`,
      { code: 'OPTION_INVALID', option: 'delimiter' },
    );
  }
  const lines = (records: CsvValue[][]) =>
    stringify(records, {
      delimiter,
      record_delimiter: excel ? '\r\n' : '\n',
      quoted_match: /[\r\n]/, // a lone carriage return ends a line for many readers
      cast: { boolean: String, string: excel ? withoutFormula : String },
    });
  return { head: (excel ? '\uFEFF' : '') + lines([header]), lines };
}
