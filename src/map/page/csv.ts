import { openCsv } from '../../output/csv-lines.js';
import { type AddedColumn, addedColumns } from '../../output/rows.js';
import type { App } from './app.js';
import { columnText } from './card.js';
import { download } from './dom.js';
import type { Cut } from './topics.js';

/** Rows that are turned into CSV before the page gets to draw again. */
const ROWS_AT_ONCE = 2000;

/**
 * Rows as CSV with the columns of clusters.csv, in the form for spreadsheets: the file's own columns (the text where
 * there are none, fields in place of objects), then those that clustering adds. Where another level is shown, its groups are one column more.
 */
async function csvOf(app: App, rows: ArrayLike<number>): Promise<Blob> {
  const { columns } = app.manifest;
  const own = columns.length > 0 ? columns.map(({ name }) => name) : ['text'];
  const added = addedColumns({ columns: own, rows: app.rows, values: [] }, await app.clustering());
  const level = levelColumns(app.cut);
  const names = [...added, ...level].map(({ name }) => name);
  const csv = openCsv([...own, ...names], { excel: true });
  const parts = [csv.head];
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const records = [];
    for (let i = start; i < Math.min(rows.length, start + ROWS_AT_ONCE); i++) {
      const row = rows[i];
      const cells = columns.length > 0 ? [] : [await app.texts.at(row)];
      for (let c = 0; c < columns.length; c++) cells.push(await columnText(app, c, row));
      records.push([...cells, ...[...added, ...level].map(({ at }) => at(row))]);
    }
    parts.push(csv.lines(records));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}

/** The group of each row, where a level is shown that clusters.csv doesn't hold. */
function levelColumns({ kind, topics, byId, labels }: Cut): Pick<AddedColumn, 'name' | 'at'>[] {
  if (kind !== 'group') return [];
  const name = `level_${topics.length}`;
  return [{ name, at: (row) => byId.get(labels[row])?.name ?? '' }];
}

/** A name for a file to save, from the map's title. */
export function fileName(title: string, ending: string): string {
  const plain = title
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${plain || 'map'}${ending}`;
}

/** Saves rows; `what` ends the file's name. */
export async function saveCsv(app: App, rows: ArrayLike<number>, what: string): Promise<void> {
  download(fileName(app.manifest.title, `-${what}.csv`), await csvOf(app, rows));
}
