import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { counted } from '../counted.js';
import { aboutFile, UserError } from '../errors.js';
import type { OptionsOf, SettingsOf } from '../options/option.js';
import { readOptions } from '../options/read.js';
import { resolveOptions } from '../options/resolve.js';
import { watchOptions } from '../options/watch.js';
import type { Watch } from '../progress.js';
import { readCsv } from './csv.js';
import { toUtf8, withoutNuls } from './encoding.js';
import { type Format, formatOf, refuseBinary, refuseStandIn } from './format.js';
import { inputError } from './input-error.js';
import { readJson } from './json.js';
import { decoded, linesOf } from './lines.js';
import { MARKUP_FILE, readOneText } from './one-text.js';
import { type LocalFile, namesOf, placeName, placesOf, withLocalFile } from './places.js';
import { type Row, readRecords } from './records.js';
import { reportFindings } from './report.js';
import { openSource, type Source } from './source.js';
import { type Table, TableBuilder } from './table.js';
import { isZip, lookIntoZip, unpackTable } from './zip.js';

export type { Cell } from './cell.js';
export { chooseText, type TextChoice } from './choose-text.js';
export { documents } from './documents.js';
export type { ReadReport } from './report.js';
export { describeTable } from './summary.js';
export type { Table } from './table.js';

/** Files of a kind to read as one table. */
interface Files {
  /** Paths, folders, https addresses, or `-` for standard input. */
  files: string[];
}

/**
 * A path, a folder, an https address or `-` for standard input; several of them; or rows. Files may be CSV, TSV, text
 * with a text a line, Markdown and the like with a text a file, JSON or JSON Lines (each also gzipped or .zst), Parquet, Excel, or a zip with one of them.
 */
export type TableSource = string | Files | Iterable<Row> | AsyncIterable<Row>;

const { text: _, vectors: __, placeholders: ___, html: ____, ...fileOptions } = readOptions;
const tableOptions = { ...fileOptions, ...watchOptions };

/** How a file is read; each option is described in docs/options.md. */
export type ReadOptions = OptionsOf<typeof fileOptions>;
type ReadSettings = SettingsOf<typeof fileOptions> & Watch;

/**
 * Reads a table. Streams; irregularities are counted in `report` and reported through `onProgress`.
 *
 * @param source a path, a folder, an address, several of them, or rows
 * @param given each option is described in docs/options.md
 * @param offline whether an address is refused in place of being downloaded
 * @returns columns and their values, by row
 * @throws UserError with file and line where the input can't be read
 * @example
 * const table = await readTable('news.csv');
 * console.log(table.columns, table.rows);
 */
export async function readTable(
  source: TableSource,
  given: ReadOptions & Watch = {},
  offline = false,
): Promise<Table> {
  const options = { ...resolveOptions(tableOptions, given), offline };
  options.signal?.throwIfAborted();
  if (typeof source === 'string') return readFiles([source], source, options);
  if (isFiles(source)) return readFiles(source.files, counted(source.files.length, 'file'), options);
  if (
    source === null ||
    typeof source !== 'object' ||
    !(Symbol.iterator in source || Symbol.asyncIterator in source)
  ) {
    throw new UserError(
      `source: ${source === null ? 'null' : typeof source}; expected a path, an array of strings or objects, or an iterable of them`,
      { code: 'OPTION_INVALID', option: 'source' },
    );
  }
  const builder = new TableBuilder('rows');
  await readRecords(source, builder, options);
  if (builder.columns.length === 0) builder.header(['text'], 1);
  return builder.finish();
}

function isFiles(source: Files | Iterable<Row> | AsyncIterable<Row>): source is Files {
  return typeof source === 'object' && source !== null && 'files' in source && Array.isArray(source.files);
}

async function readFiles(
  sources: string[],
  title: string,
  options: ReadSettings & { offline: boolean },
): Promise<Table> {
  const places = await placesOf(sources, options.inputFormat);
  if (places.length === 0) {
    throw inputError('INPUT_MISSING', { source: 'files' }, 'none given; name at least one');
  }
  const several = places.length > 1 || places[0] !== sources[0];
  let builder: TableBuilder | undefined;
  const names = namesOf(places);
  let linesOfText = 0;
  for (const [at, place] of places.entries()) {
    await withLocalFile(place, options, async ({ path, name }, scratch) => {
      builder ??= new TableBuilder(several ? titleOf(sources, places) : name);
      if (several) builder.startFile(names[at] ?? name);
      const before = builder.rows;
      await readFile({ path, name }, scratch, options, builder);
      if (builder.report.dialect.includes(A_TEXT_A_LINE)) linesOfText++;
      reportFindings(builder.source, builder.report, options);
      if (builder.rows > before || several) return;
      const header =
        options.skipRows !== undefined
          ? `no rows but those that --skip-rows ${options.skipRows} leaves out`
          : builder.columns.length > 0
            ? 'a header but no rows below it'
            : 'no rows';
      throw inputError('INPUT_EMPTY', { source: placeName(place) }, `${header}; expected at least one row`);
    }).catch((cause: unknown) => {
      throw aboutFile(cause, placeName(place));
    });
  }
  if (linesOfText > 1 && options.inputFormat === undefined) {
    const message = `${title}: each line of ${linesOfText} text files is a text; --input-format document makes each file one`;
    options.onProgress?.({ stage: 'read', message });
  }
  if (options.sheet !== undefined && !builder?.hasSheets) {
    throw new UserError(
      `sheet ${JSON.stringify(options.sheet)}: ${title} is no Excel workbook; leave it out`,
      {
        code: 'OPTION_UNKNOWN',
        option: 'sheet',
      },
    );
  }
  if (!builder || builder.rows === 0) {
    throw inputError('INPUT_EMPTY', { source: title }, 'no rows; expected at least one');
  }
  return builder.finish();
}

/** A folder by its name alone: what a run writes holds no paths of the machine. */
const titleOf = (sources: string[], places: string[]) =>
  sources.length === 1 ? basename(resolve(sources[0])) : counted(places.length, 'file');

async function readFile(
  { path, name }: LocalFile,
  scratch: () => Promise<string>,
  options: ReadSettings,
  builder: TableBuilder,
): Promise<void> {
  const isOneText =
    options.inputFormat === 'document' || (options.inputFormat === undefined && MARKUP_FILE.test(name));
  if (isOneText && (await isEmpty(path))) return readOneText(nothing(), builder);
  const source = await openSource(path, options, name);
  if (isZip(source.head) && !source.packed && options.inputFormat === undefined) {
    await closed(source);
    const inside = await lookIntoZip(path, name);
    if (inside === 'workbook') return readWorkbook(path, options, builder);
    const table = await unpackTable(path, name, await scratch(), options.signal);
    builder.source = `${name}: ${table.name}`;
    return readFile(table, scratch, options, builder);
  }
  const format = options.inputFormat ?? formatOf(source, options.encoding);
  if (format !== 'document' && format !== 'txt') refuseStandIn(source);
  if (format === 'parquet' || format === 'xlsx') {
    await closed(source);
    if (format === 'xlsx') return readWorkbook(path, options, builder);
    const { readParquet } = await import('./parquet.js'); // its decompressors are large
    return readParquet(path, builder, options);
  }
  refuseBinary(source, options.encoding);
  const texts = withoutNuls(decoded(toUtf8(source, options, builder.report)), builder.report);
  if (format === 'jsonl' || format === 'json')
    await readJson(texts, builder, {
      lines: format === 'jsonl',
      header: options.header,
      signal: options.signal,
    });
  else if (format === 'document') await readOneText(texts, builder);
  else if (format === 'txt') await readLines(texts, builder);
  else await readCsv(texts, csvOptions(options, format), builder);
}

/** One of many documents may hold nothing; a table may not. */
const isEmpty = async (path: string) => (await stat(path).catch(() => undefined))?.size === 0;

async function* nothing(): AsyncGenerator<string> {}

/** Ends reading at a file's beginning, which was only looked at. */
async function closed({ bytes }: Source): Promise<void> {
  await bytes[Symbol.asyncIterator]().return?.();
}

async function readWorkbook(path: string, options: ReadSettings, builder: TableBuilder): Promise<void> {
  const { readXlsx } = await import('./xlsx.js');
  builder.hasSheets = true;
  await readXlsx(path, options.sheet, options.header, builder);
  options.signal?.throwIfAborted();
}

const A_TEXT_A_LINE = 'a text a line';

async function readLines(texts: AsyncIterable<string>, builder: TableBuilder): Promise<void> {
  builder.header(['text'], 1);
  builder.report.dialect.push(A_TEXT_A_LINE);
  for await (const { line, number } of linesOf(texts, builder.source)) {
    if (line.trim() === '') builder.report.emptyLines++;
    else builder.cells([line], number);
  }
}

function csvOptions(options: ReadSettings, format: Format) {
  const { delimiter, quote, header, skipRows } = options;
  return {
    delimiter,
    quote: quote === 'none' ? null : quote,
    escape: options.escape,
    tabs: format === 'tsv' && delimiter === undefined,
    header,
    ...linesToSkip(skipRows),
  };
}

function linesToSkip(skipRows: number | string | undefined): {
  skip?: number;
  leftOut?: (line: number) => boolean;
} {
  if (skipRows === undefined) return {};
  const text = String(skipRows);
  if (/^\d+$/.test(text)) return { skip: Number(text) };
  const ranges = text.split(',').map((part) => part.trim().split('-').map(Number));
  return { leftOut: (line) => ranges.some(([from, to]) => line >= from && line <= to) };
}
