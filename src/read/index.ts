import { UserError } from '../errors.js';
import type { OptionsOf, SettingsOf } from '../options/option.js';
import { readOptions } from '../options/read.js';
import { resolveOptions } from '../options/resolve.js';
import { watchOptions } from '../options/watch.js';
import type { Watch } from '../progress.js';
import { readCsv } from './csv.js';
import { readJson } from './json.js';
import { decoded } from './lines.js';
import { type Row, readRecords } from './records.js';
import { reportFindings } from './report.js';
import { markedEncoding, openSource, type Source, toUtf8 } from './source.js';
import { type Table, TableBuilder } from './table.js';

export type { Cell } from './cell.js';
export type { ReadReport } from './report.js';
export type { Table } from './table.js';
export { chooseText, documents } from './text.js';

/** A path (.csv, .tsv, .jsonl, .ndjson, each also .gz; .parquet), or rows. */
export type TableSource = string | Iterable<Row> | AsyncIterable<Row>;

/** How a file is read; each option is described in docs/options.md. */
export type ReadOptions = Omit<OptionsOf<typeof readOptions>, 'text' | 'vectors'>;
type ReadSettings = Omit<SettingsOf<typeof readOptions>, 'text' | 'vectors'> & Watch;
type Format = NonNullable<ReadSettings['inputFormat']>;

const { text: _text, vectors: _vectors, ...fileOptions } = readOptions;
const tableOptions = { ...fileOptions, ...watchOptions };

/**
 * Reads texts and their other columns. Streams; oddities are counted in `report` and told through `onProgress`.
 * @throws UserError with file and line where the input can't be read.
 */
export async function readTable(source: TableSource, given: ReadOptions & Watch = {}): Promise<Table> {
  const options = resolveOptions(tableOptions, given);
  options.signal?.throwIfAborted();
  const builder = typeof source === 'string' ? await readFile(source, options) : new TableBuilder('rows');
  if (typeof source !== 'string') {
    if (
      source === null ||
      typeof source !== 'object' ||
      !(Symbol.iterator in source || Symbol.asyncIterator in source)
    ) {
      throw new UserError(
        `source: ${source === null ? 'null' : typeof source}; expected a path, an array of strings or objects, or an iterable of them`,
      );
    }
    await readRecords(source, builder, options);
    if (builder.columns.length === 0) builder.header(['text'], 1);
  } else if (builder.rows === 0) {
    const header = builder.columns.length > 0 ? 'a header but no rows below it' : 'no rows';
    throw new UserError(`${source}: ${header}; expected at least one row`);
  }
  const table = builder.finish();
  reportFindings(table.source, table.report, options);
  return table;
}

async function readFile(path: string, options: ReadSettings): Promise<TableBuilder> {
  const source = await openSource(path, options);
  const builder = new TableBuilder(source.name);
  const format = options.inputFormat ?? formatOf(source);
  if (format === 'parquet') {
    const { readParquet } = await import('./parquet.js'); // its decompressors are large
    await readParquet(path, builder, options);
    return builder;
  }
  refuseBinary(source, options.encoding);
  const bytes = toUtf8(source, options.encoding, builder);
  if (format === 'jsonl') await readJson(decoded(bytes), builder, !/\.json(\.gz)?$/i.test(source.name));
  else await readCsv(bytes, options.delimiter ?? (format === 'tsv' ? '\t' : undefined), builder);
  return builder;
}

function formatOf({ name, head }: Source): Format {
  const start = head.subarray(0, 4).toString('latin1');
  if (start === 'PAR1') return 'parquet';
  const extension = /\.(\w+?)(\.gz)?$/i.exec(name)?.[1].toLowerCase();
  if (extension === 'csv') return 'csv';
  if (extension === 'tsv' || extension === 'tab') return 'tsv';
  if (extension === 'jsonl' || extension === 'ndjson' || extension === 'json') return 'jsonl';
  if (extension === 'parquet') return 'parquet';
  const text = head.toString('utf8').replace(/^\uFEFF?\s*/, '');
  return text.startsWith('{') || text.startsWith('["') ? 'jsonl' : 'csv';
}

const LOOKED_AT = 8192;
// A stray zero in a scraped text is no reason to refuse a file.
const ZEROS_IN_TEXT = 1 / 500;

/** Pictures, archives and workbooks hold many zero bytes early; texts don't, but for UTF-16 and UTF-32. */
function refuseBinary({ name, head }: Source, encoding: string | undefined): void {
  if (head.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) {
    throw new UserError(
      `${name}: a zip archive or an Excel workbook; save the sheet as "CSV UTF-8" and use that`,
    );
  }
  if (/utf-?(16|32)|ucs/i.test(encoding ?? markedEncoding(head) ?? '')) return;
  const start = head.subarray(0, LOOKED_AT);
  const zeros = [0, 0];
  for (let at = 0; at < start.length; at++) if (start[at] === 0) zeros[at & 1]++;
  if (zeros[0] + zeros[1] <= start.length * ZEROS_IN_TEXT) return;
  // Mostly Latin text in UTF-16: every other byte is zero.
  const [most, least] = [Math.max(...zeros), Math.min(...zeros)];
  if (most > start.length / 4 && least < most / 10) {
    const order = zeros[1] === most ? 'utf-16le' : 'utf-16be';
    throw new UserError(
      `${name}: looks like UTF-16 without a byte order mark; say so with --encoding ${order}`,
    );
  }
  throw new UserError(`${name}: a binary file; expected CSV, TSV, JSON Lines (each also gzipped) or Parquet`);
}
