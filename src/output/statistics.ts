import { writeWhole } from '../files/replace.js';
import type { Watch } from '../progress.js';
import type { GroupTable } from '../statistics/groups.js';
import type { Timeline } from '../statistics/timeline.js';
import { type CsvOptions, type CsvValue, openCsv } from './csv-lines.js';
import { shortNumber } from './rows.js';

/**
 * Writes groups.csv: a line for each topic of each value of each column, then a line for each word that sets the value's texts
 * apart.
 */
export async function writeGroupsCsv(
  path: string,
  tables: readonly GroupTable[],
  options: CsvOptions & Watch = {},
): Promise<void> {
  const header = ['column', 'value', 'value_rows', 'kind', 'topic', 'name', 'rows', 'share', 'share_low'];
  const csv = openCsv([...header, 'share_high', 'share_elsewhere', 'score', 'tells'], options);
  const lines = tables.flatMap(({ column, values }) =>
    values.flatMap(({ value, rows, topics, words }): CsvValue[][] => [
      ...topics.map((topic): CsvValue[] => [
        ...[column, value, rows, 'topic', topic.id, topic.name, topic.rows, shortNumber(topic.share)],
        ...[shortNumber(topic.low), shortNumber(topic.high), shortNumber(topic.elsewhere)],
        ...[shortNumber(topic.score), topic.tells],
      ]),
      ...words.map((word): CsvValue[] => [
        ...[column, value, rows, 'word', null, word.word, word.texts, shortNumber(word.texts / rows)],
        ...[null, null, null, shortNumber(word.score), 'over'],
      ]),
    ]),
  );
  await writeWhole(path, [csv.head, csv.lines(lines)], options);
}

/** Writes timeline.csv: a line for each topic in each period, and one for all rows of the period with its words. */
export async function writeTimelineCsv(
  path: string,
  timeline: Timeline,
  options: CsvOptions & Watch = {},
): Promise<void> {
  const header = ['period', 'kind', 'topic', 'name', 'rows', 'share', 'words'];
  const csv = openCsv([...header, 'trend', 'change', 'change_low', 'change_high'], options);
  const lines = timeline.periods.flatMap((period, at): CsvValue[][] => [
    [
      ...[period, 'all', null, '', timeline.rows[at], timeline.rows[at] > 0 ? 1 : 0],
      ...[timeline.words[at].map(({ word }) => word).join(', '), '', null, null, null],
    ],
    ...timeline.topics.map((topic): CsvValue[] => [
      ...[period, 'topic', topic.id, topic.name, topic.rows[at], shortNumber(topic.shares[at]), ''],
      ...[topic.trend, shortNumber(topic.change), shortNumber(topic.low), shortNumber(topic.high)],
    ]),
  ]);
  await writeWhole(path, [csv.head, csv.lines(lines)], options);
}
