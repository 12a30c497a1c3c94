import { csvOf, writeCsv } from '../output/csv.js';
import { writeParquet } from '../output/parquet.js';
import type { Clustering, Columns } from '../output/rows.js';
import { tableKindOf } from '../output/table-kind.js';
import type { ClusterResult } from '../pipeline/result.js';
import type { Watch } from '../progress.js';

/** Rows of some topics and themes, as a table with what was found for them. */
export interface RowsOfGroups {
  table: Columns;
  clustering: Clustering;
}

/** The rows that are in one of the topics or themes, all where none is named, in their order, with the columns of clusters.csv. */
export function rowsOfGroups(
  run: ClusterResult,
  { topics, themes }: { topics: readonly number[]; themes: readonly number[] },
): RowsOfGroups {
  const [inTopic, inTheme] = [new Set(topics), new Set(themes)];
  const isAll = topics.length + themes.length === 0;
  const rows = Int32Array.from(run.labels.keys()).filter(
    (row) => isAll || inTopic.has(run.labels[row]) || inTheme.has(run.themes[row]),
  );
  const integers = (values: Int32Array): Int32Array => rows.map((row) => values[row]);
  const doubles = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]);
  const { columns, values } = run.table;
  return {
    table: {
      columns,
      rows: rows.length,
      values: values.map((cells) => Array.from(rows, (row) => cells[row])),
    },
    clustering: {
      ...{ topics: run.topics, themeTopics: run.themeTopics },
      ...{ labels: integers(run.labels), themes: integers(run.themes) },
      ...{ probabilities: doubles(run.probabilities), outlierScores: doubles(run.outlierScores) },
      points: Float32Array.from(
        { length: 2 * rows.length },
        (_, at) => run.points[2 * rows[at >> 1] + (at & 1)],
      ),
      nearestTopics: integers(run.nearestTopics),
      nearestStrengths: doubles(run.nearestStrengths),
      assigned: Uint8Array.from(rows, (row) => run.assigned[row]),
      topicShares: run.topicShares && Array.from(rows, (row) => run.topicShares?.[row] ?? []),
    },
  };
}

/** The rows as CSV, in pieces. */
export const rowsAsCsv = ({ table, clustering }: RowsOfGroups, excel: boolean): Generator<string> =>
  csvOf(table, clustering, { excel });

/**
 * Writes the rows as CSV or Parquet, by the name of the file.
 * @throws UserError for another name
 */
export async function writeRowsOfGroups(
  path: string,
  { table, clustering }: RowsOfGroups,
  { excel, ...watch }: Watch & { excel: boolean },
): Promise<void> {
  const kind = tableKindOf(path, 'with --topic or --theme, ');
  if (kind === 'csv') return writeCsv(path, table, clustering, { excel, ...watch });
  return writeParquet(path, table, clustering, watch);
}
