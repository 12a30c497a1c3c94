import { counted, grouped } from '../counted.js';
import { writeWhole } from '../files/replace.js';
import { type CsvValue, openCsv } from '../output/csv-lines.js';
import { typeOf } from '../output/parquet.js';
import { shortNumber } from '../output/rows.js';
import { tableKindOf } from '../output/table-kind.js';
import type { Watch } from '../progress.js';
import { type Column, writeColumns } from './columns.js';
import type { Predicted } from './predict.js';

const ROWS_AT_ONCE = 2000;

interface Shown {
  name: string;
  type: Column['type'];
  at(row: number): CsvValue;
}

/**
 * The source's columns, then topic, topic_name, probability, theme, theme_name, nearest_topic, nearest_name, nearest_strength, x, y and
 * far.
 */
function columnsOf(predicted: Predicted): Shown[] {
  const { table, topics, probabilities, nearestTopics, nearestStrengths, points, far, named } = predicted;
  const { themes, namedThemes } = predicted;
  const themeNames = new Map(namedThemes.map(({ id, name }) => [id, name]));
  const names = new Map(named.map(({ id, name }) => [id, name]));
  const number = (value: number) => (Number.isFinite(value) ? shortNumber(value) : null);
  const added: Shown[] = [
    { name: 'topic', type: 'INT32', at: (row) => topics[row] },
    { name: 'topic_name', type: 'STRING', at: (row) => names.get(topics[row]) ?? '' },
    { name: 'probability', type: 'DOUBLE', at: (row) => number(probabilities[row]) },
    { name: 'theme', type: 'INT32', at: (row) => themes[row] },
    { name: 'theme_name', type: 'STRING', at: (row) => themeNames.get(themes[row]) ?? '' },
    { name: 'nearest_topic', type: 'INT32', at: (row) => nearestTopics[row] },
    { name: 'nearest_name', type: 'STRING', at: (row) => names.get(nearestTopics[row]) ?? '' },
    {
      name: 'nearest_strength',
      type: 'DOUBLE',
      at: (row) => (nearestTopics[row] < 0 ? null : shortNumber(nearestStrengths[row])),
    },
    { name: 'x', type: 'DOUBLE', at: (row) => number(points[2 * row]) },
    { name: 'y', type: 'DOUBLE', at: (row) => number(points[2 * row + 1]) },
    { name: 'far', type: 'BOOLEAN', at: (row) => far[row] === 1 },
  ];
  const own = table.columns.map((name, column): Shown => {
    const type = typeOf(table.values[column]);
    const at = (row: number) => {
      const cell = table.values[column][row];
      return type === 'STRING' && cell !== null ? String(cell) : cell;
    };
    return { name, type, at };
  });
  const taken = new Set(table.columns);
  for (const column of added) {
    const { name } = column;
    for (let number = 2; taken.has(column.name); number++) column.name = `${name}_${number}`;
    taken.add(column.name);
  }
  return [...own, ...added];
}

/** How many of the rows with a text are in a topic, and how many are unlike all rows of the run. */
export function predictedLine({ table, topics, points, far }: Predicted): string {
  const texts = Array.from({ length: table.rows }, (_, row) => row).filter(
    (row) => !Number.isNaN(points[2 * row]),
  );
  const count = texts.filter((row) => far[row] === 1).length;
  const inside = texts.filter((row) => topics[row] >= 0).length;
  return `${grouped(inside)} of ${counted(texts.length, 'row')} in a topic; ${grouped(count)} far from all rows of the run; about 1 % is usual`;
}

/** The rows with their topics as CSV, in pieces. */
export function* predictedCsv(predicted: Predicted): Generator<string> {
  const columns = columnsOf(predicted);
  const csv = openCsv(columns.map(({ name }) => name));
  yield csv.head;
  for (let from = 0; from < predicted.table.rows; from += ROWS_AT_ONCE) {
    const length = Math.min(ROWS_AT_ONCE, predicted.table.rows - from);
    yield csv.lines(Array.from({ length }, (_, row) => columns.map(({ at }) => at(from + row))));
  }
}

/** A line of JSON for each row: what was predicted, without the source's columns. */
export function* predictedLines(predicted: Predicted): Generator<string> {
  const columns = columnsOf(predicted).slice(predicted.table.columns.length);
  for (let row = 0; row < predicted.table.rows; row++)
    yield `${JSON.stringify(Object.fromEntries(columns.map(({ name, at }) => [name, at(row)])))}\n`;
}

/**
 * Writes the rows with their topics as CSV or Parquet, by the name of the file.
 * @throws UserError for another name
 */
export async function writePredicted(path: string, predicted: Predicted, watch: Watch): Promise<void> {
  if (tableKindOf(path) === 'csv') return writeWhole(path, predictedCsv(predicted), watch);
  const rows = Array.from({ length: predicted.table.rows }, (_, row) => row);
  const columns = columnsOf(predicted).map(({ name, type, at }) => ({ name, type, data: rows.map(at) }));
  await writeColumns(path, columns, watch);
}
