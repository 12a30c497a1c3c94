import type { App } from './app.js';
import { columnText } from './card.js';
import { download } from './dom.js';

const cell = (value: string) => (/[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/**
 * Rows as CSV (RFC 4180): the file's own columns, the text where no columns are there, then topic, topic_name,
 * probability, outlier_score, x, y. With a byte order mark, by which spreadsheets recognise UTF-8.
 */
async function csvOf(app: App, rows: ArrayLike<number>): Promise<Blob> {
  const { columns } = app.manifest;
  const own = [...columns.map(({ name }) => name), ...(columns.length === 0 ? ['text'] : [])];
  const head = [...own, 'topic', 'topic_name', 'probability', 'outlier_score', 'x', 'y'];
  const parts: string[] = [`\ufeff${head.map(cell).join(',')}\r\n`];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const values: string[] = [];
    for (let c = 0; c < columns.length; c++) values.push(await columnText(app, c, row));
    if (columns.length === 0) values.push(await app.texts.at(row));
    const label = app.cut.labels[row];
    const [x, y] = app.original(row);
    values.push(String(label), app.cut.byId.get(label)?.name ?? '');
    // Shipped as 32-bit numbers: their shortest decimals, not the 64-bit ones.
    values.push(
      ...[app.cut.probabilities[row], app.outliers[row], x, y].map((n) => String(Number(n.toPrecision(7)))),
    );
    parts.push(`${values.map(cell).join(',')}\r\n`);
  }
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
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

export async function saveCsv(app: App, rows: ArrayLike<number>, what: string): Promise<void> {
  download(fileName(app.manifest.title, `-${what}.csv`), await csvOf(app, rows));
}
