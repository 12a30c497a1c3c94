import { writeWhole } from '../files/replace.js';
import type { Watch } from '../progress.js';
import type { Topic } from '../shapes.js';
import { type CsvOptions, type CsvValue, openCsv } from './csv-lines.js';
import { longCells, longCellsLine } from './excel.js';
import { rowMeter } from './row-meter.js';
import { addedColumns, type Clustering, type Columns, examplesOf, shortNumber } from './rows.js';

export type { CsvOptions } from './csv-lines.js';

const ROWS_AT_ONCE = 2000;

/** The table's columns untouched, then those of `addedColumns`; a line a row, in the order read, in pieces. */
export function csvOf(
  table: Columns,
  clustering: Clustering,
  options: CsvOptions & Watch = {},
): Generator<string> {
  const added = addedColumns(table, clustering);
  const header = [...table.columns, ...added.map(({ name }) => name)];
  const row = (r: number): CsvValue[] => [
    ...table.values.map((column) => column[r]),
    ...added.map(({ at }) => at(r)),
  ];
  return lines(header, table.rows, row, options);
}

/** Writes what `csvOf` gives. Replaces the file at once or not at all. */
export async function writeCsv(
  path: string,
  table: Columns,
  clustering: Clustering,
  options: CsvOptions & Watch = {},
): Promise<void> {
  if (options.excel) warnOfLongCells(table, options);
  await writeWhole(path, csvOf(table, clustering, options), options);
}

function warnOfLongCells(table: Columns, { onProgress }: Watch): void {
  const message = longCellsLine(longCells(table));
  if (message) onProgress?.({ stage: 'write', level: 'warning', message });
}

/**
 * Writes a line a topic, then a line a theme: topic (its number), name, size, share, persistence, keywords, kind (`topic` or `theme`),
 * parent (of a topic: the number of its theme), mentions where parts of texts were clustered (rows with a part in the topic),
 * summary where any has one, exemplar texts.
 */
export async function writeTopicsCsv(
  path: string,
  found: Topic[],
  rowTexts: string[],
  options: CsvOptions & Watch & { themes?: Topic[] } = {},
): Promise<void> {
  const topics = [...found, ...(options.themes ?? [])];
  // A call takes some 120,000 arguments, and there may be more topics.
  const examples = topics.reduce((most, { exemplars }) => Math.max(most, exemplars.length), 1);
  const header = ['topic', 'name', 'size', 'share', 'persistence', 'keywords', 'kind', 'parent'];
  const hasSummaries = topics.some(({ summary }) => summary !== undefined);
  const hasMentions = topics.some(({ mentions }) => mentions !== undefined);
  if (hasMentions) header.push('mentions');
  if (hasSummaries) header.push('summary');
  for (let e = 1; e <= examples; e++) header.push(`example_${e}`);
  const row = (r: number): CsvValue[] => {
    const { id, name, size, persistence, keywords, parent, mentions, summary } = topics[r];
    const texts = examplesOf(topics[r], rowTexts);
    const isTheme = r >= found.length;
    const share = rowTexts.length > 0 ? shortNumber(size / rowTexts.length) : 0;
    const shown = Array.from({ length: examples }, (_, e) => texts[e] ?? '');
    const kind = isTheme ? 'theme' : 'topic';
    return [
      ...[id, name, size, share, isTheme ? null : shortNumber(persistence), keywords.join(', ')],
      ...[kind, isTheme ? null : (parent ?? null)],
      ...(hasMentions ? [mentions ?? null] : []),
      ...(hasSummaries ? [summary ?? null, ...shown] : shown),
    ];
  };
  await writeWhole(path, lines(header, topics.length, row, options), options);
}

function* lines(
  header: string[],
  rows: number,
  row: (r: number) => CsvValue[],
  { onProgress, ...options }: CsvOptions & Watch,
): Generator<string> {
  const csv = openCsv(header, options);
  const meter = rowMeter(rows, onProgress);
  yield csv.head;
  for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
    const length = Math.min(ROWS_AT_ONCE, rows - start);
    yield csv.lines(Array.from({ length }, (_, r) => row(start + r)));
    meter(start + length);
  }
}
