import type { App } from './app.js';
import { columnText } from './card.js';
import { markedInOrder } from './order.js';
import type { Scene } from './scene.js';
import { Slices } from './turn.js';

/** What texts are sorted by: `match`, `probability`, `outlier`, `place` in the file, `text`, or `column:` and its index. */
export type SortKey = string;

/** UTF-16 units of a text or a cell that decide its place. */
const COMPARED = 80;

const { compare } = new Intl.Collator(undefined, { numeric: true });

/** The chosen rows by a key; missing values last, equal ones in the order of the file. */
export async function sortedRows(
  app: App,
  { chosen, isChosen }: Pick<Scene, 'chosen' | 'isChosen'>,
  by: SortKey,
  isDown: boolean,
): Promise<Int32Array> {
  const byNumber = (values: ArrayLike<number>) =>
    markedInOrder(app.orders.of(values, isDown), isChosen, chosen.length);
  if (by === 'place') return isDown ? chosen.slice().reverse() : chosen;
  if (by === 'match') return byNumber(app.filtering.scores ?? new Float32Array(app.rows));
  if (by === 'probability') return byNumber(app.probabilities);
  if (by === 'outlier') return byNumber(app.outliers);
  const column = by === 'text' ? -1 : Number(by.slice('column:'.length));
  const values = column >= 0 ? await app.column(column) : null;
  if (values?.numbers) return byNumber(values.numbers);
  if (values?.codes) return byNumber(placesOf(values.codes, values.info.categories ?? []));
  return byString(app, chosen, column, isDown);
}

const placesOfCodes = new WeakMap<Int32Array, Float64Array>();

/** The place of each row's category among all of them by name; NaN without one. */
function placesOf(codes: Int32Array, categories: readonly string[]): Float64Array {
  const made = placesOfCodes.get(codes);
  if (made) return made;
  const places = new Float64Array(categories.length).fill(Number.NaN);
  const sorted = [...categories.keys()].filter((code) => categories[code] !== '');
  sorted.sort((a, b) => compare(categories[a], categories[b]) || a - b);
  for (const [at, code] of sorted.entries()) places[code] = at;
  const ofRows = Float64Array.from(codes, (code) => places[code] ?? Number.NaN);
  placesOfCodes.set(codes, ofRows);
  return ofRows;
}

/** Rows by their texts, or by the cells of a column of texts. */
async function byString(app: App, rows: Int32Array, column: number, isDown: boolean): Promise<Int32Array> {
  const strings = column < 0 ? app.texts : app.columnStrings[column];
  const cells = new Map<number, string>();
  const slices = new Slices();
  for (const row of rows) {
    const cell =
      strings?.peek(row) ?? (column < 0 ? await app.texts.at(row) : await columnText(app, column, row));
    cells.set(row, cell.slice(0, COMPARED));
    await slices.pause();
  }
  const sign = isDown ? -1 : 1;
  return rows.slice().sort((a, b) => {
    const [x, y] = [cells.get(a) ?? '', cells.get(b) ?? ''];
    if (x === '' || y === '') return x === y ? a - b : x === '' ? 1 : -1;
    return sign * compare(x, y) || a - b;
  });
}
