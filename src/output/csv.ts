import { stringify } from 'csv-stringify/sync';
import { UserError } from '../errors.js';
import { writeWhole } from '../files/replace.js';
import type { Watch } from '../progress.js';
import type { Topic } from '../shapes.js';
import { withoutFormula } from './escape.js';
import { rowMeter } from './row-meter.js';
import { addedColumns, type Clustering, type Columns, shortNumber } from './rows.js';

export interface CsvOptions {
  /**
   * A byte order mark and CRLF, so that Excel shows every script and line break, and an apostrophe before what it
   * would take for a formula. Default false.
   */
  excel?: boolean;
  /** One character between cells. Default a comma. */
  delimiter?: string;
}

type Value = string | number | boolean | null;

const ROWS_AT_ONCE = 2000;

/**
 * Writes the table's columns untouched, then topic, topic_name, probability, x, y and, where known, outlier_score;
 * a line a row, in the order read. Replaces the file at once or not at all.
 */
export async function writeCsv(
  path: string,
  table: Columns,
  clustering: Clustering,
  options: CsvOptions & Watch = {},
): Promise<void> {
  const added = addedColumns(table, clustering);
  const header = [...table.columns, ...added.map(({ name }) => name)];
  const row = (r: number): Value[] => [
    ...table.values.map((column) => column[r]),
    ...added.map(({ at }) => at(r)),
  ];
  await writeWhole(path, lines(header, table.rows, row, options), options);
}

/** Writes a line a topic: topic, name, size, share, persistence, keywords, exemplar texts. */
export async function writeTopicsCsv(
  path: string,
  topics: Topic[],
  texts: string[],
  options: CsvOptions & Watch = {},
): Promise<void> {
  // A call takes some 120,000 arguments, and there may be more topics.
  const examples = topics.reduce((most, { exemplars }) => Math.max(most, exemplars.length), 1);
  const header = ['topic', 'name', 'size', 'share', 'persistence', 'keywords'];
  for (let e = 1; e <= examples; e++) header.push(`example_${e}`);
  const row = (r: number): Value[] => {
    const { id, name, size, persistence, keywords, exemplars } = topics[r];
    const share = texts.length > 0 ? shortNumber(size / texts.length) : 0;
    const shown = Array.from({ length: examples }, (_, e) =>
      e < exemplars.length ? texts[exemplars[e]] : '',
    );
    return [id, name, size, share, shortNumber(persistence), keywords.join(', '), ...shown];
  };
  await writeWhole(path, lines(header, topics.length, row, options), options);
}

function* lines(
  header: string[],
  rows: number,
  row: (r: number) => Value[],
  { excel = false, delimiter = ',', onProgress }: CsvOptions & Watch,
): Generator<string> {
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new UserError(
      `delimiter ${JSON.stringify(delimiter)}: must be one character and no quote or line break`,
    );
  }
  const format = (records: Value[][]) =>
    stringify(records, {
      delimiter,
      record_delimiter: excel ? '\r\n' : '\n',
      quoted_match: /[\r\n]/, // a lone carriage return ends a line for many readers
      cast: { boolean: String, string: excel ? withoutFormula : String },
    });
  const meter = rowMeter(rows, onProgress);
  yield (excel ? '\uFEFF' : '') + format([header]);
  for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
    const length = Math.min(ROWS_AT_ONCE, rows - start);
    yield format(Array.from({ length }, (_, r) => row(start + r)));
    meter(start + length);
  }
}
