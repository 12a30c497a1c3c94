import { joinParts } from './format.js';

/** Rows that orders of columns are looked for in. */
const SAMPLED = 50;
/** Orders that are compared with all rows. */
const MOST_ORDERS = 20;

/**
 * The columns, in order, that the texts are made of, so that a text needn't be stored a second time; undefined where
 * they are something else. A text is its non-blank cells joined by line breaks.
 * @param columns What each column's cells are as text; undefined for a column whose cells aren't stored as text.
 */
export function columnsOfTexts(
  texts: readonly string[],
  columns: readonly (readonly string[] | undefined)[],
): number[] | undefined {
  const orders = new Map<string, number[]>();
  for (let row = 0; row < texts.length && row < SAMPLED; row++) {
    if (texts[row] === '') continue;
    for (const order of ordersOf(texts[row], (column) => columns[column]?.[row], columns.length))
      orders.set(order.join(), order);
  }
  return [...orders.values()]
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_ORDERS)
    .find((order) =>
      texts.every((text, row) => text === joinParts(order.map((column) => columns[column]?.[row] ?? ''))),
    );
}

/** Every order of columns whose cells, joined, are this text. */
function* ordersOf(
  text: string,
  cell: (column: number) => string | undefined,
  columns: number,
  before: number[] = [],
): Generator<number[]> {
  for (let column = 0; column < columns; column++) {
    const part = cell(column);
    if (before.includes(column) || part === undefined || part.trim() === '') continue;
    if (text === part) yield [...before, column];
    else if (text.startsWith(`${part}\n`))
      yield* ordersOf(text.slice(part.length + 1), cell, columns, [...before, column]);
  }
}
