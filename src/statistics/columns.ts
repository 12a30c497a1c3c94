import { counted } from '../counted.js';
import { UserError } from '../errors.js';
import { type Cell, type TypedColumn, typeColumn } from '../map/columns.js';
import { didYouMean } from '../options/nearest.js';
import { namesIn } from '../read/choose-text.js';
import { cellsNamed, fieldNames, withFields } from '../read/fields.js';
import type { Table } from '../read/index.js';
import { isScale } from './scale.js';

/** A column is compared by value if it has so many of them, each with so many rows on average. */
const MOST_VALUES = 50;
const LEAST_ROWS = 5;
/** Columns that are compared where none are named. */
const MOST_COLUMNS = 5;

/** A column that is not compared by value, and why. */
export interface LeftOutColumn {
  column: string;
  reason: string;
}

/** Kind of each column, with the fields of objects in place of columns of these, and how many different values it has; blank cells are none. */
export function kindOfColumns(table: Table) {
  const { columns, values } = withFields(table);
  return columns.map((name, at) => ({
    name,
    kind: typeColumn(name, values[at]).kind,
    values: differentValues(values[at]),
  }));
}

const differentValues = (cells: readonly Cell[]): number =>
  new Set(cells.filter((cell) => cell !== null && cell !== '')).size;

/**
 * The columns that are compared by value, and the others with the reason why not; text columns are in neither list. Words come before the
 * grades of scales, of which some are counts, where not all can be compared.
 */
export function chooseGroups(
  table: Table,
  textColumns: readonly string[],
): { columns: string[]; leftOut: LeftOutColumn[] } {
  const { columns: names, values, rows } = withFields(table);
  const candidates = names
    .map((column, at) => ({ column, ...judge(typeColumn(column, values[at]), values[at], rows) }))
    .filter(({ column }) => !textColumns.includes(column));
  const possible = candidates.filter(({ reason }) => reason === undefined);
  const preferred = [
    ...possible.filter(({ isGrades }) => !isGrades),
    ...possible.filter(({ isGrades }) => isGrades),
  ];
  const chosen = new Set(preferred.slice(0, MOST_COLUMNS));
  return {
    columns: candidates.filter((candidate) => chosen.has(candidate)).map(({ column }) => column),
    leftOut: candidates
      .filter((candidate) => !chosen.has(candidate))
      .map(({ column, isGrades, reason }) => ({ column, reason: reason ?? tooMany(isGrades) })),
  };
}

const tooMany = (isGrades: boolean): string =>
  isGrades
    ? `only ${MOST_COLUMNS} columns of groups are compared, those of words before those of numbers`
    : `only the first ${MOST_COLUMNS} columns of groups are compared`;

/** Whether a column's values are grades of a scale, and why they are no groups; undefined where they are. */
function judge(
  { kind, categories, numbers }: TypedColumn,
  cells: readonly Cell[],
  rows: number,
): { isGrades: boolean; reason?: string } {
  const isGrades = kind === 'number' && isScale(numbers ?? []);
  if (kind === 'date' || (kind === 'number' && !isGrades)) return { isGrades, reason: `holds ${kind}s` };
  if (kind === 'text')
    return { isGrades, reason: `holds texts: ${counted(differentValues(cells), 'different value')}` };
  const count = categories?.length ?? differentValues(cells);
  if (count < 2) return { isGrades, reason: count === 0 ? 'has no values' : 'has one value only' };
  if (count > MOST_VALUES)
    return { isGrades, reason: `has ${counted(count, 'value')}, and ${MOST_VALUES} at most are compared` };
  if (count * LEAST_ROWS > rows)
    return {
      isGrades,
      reason: `has ${counted(count, 'value')} in ${counted(rows, 'row')}: fewer than ${LEAST_ROWS} rows each on average`,
    };
  return { isGrades };
}

/** The first column of dates that has at least two different ones; undefined where there is none. */
export function timeColumn(table: Table, textColumns: readonly string[]): string | undefined {
  const { columns, values } = withFields(table);
  return columns.find((name, at) => {
    if (textColumns.includes(name)) return false;
    const { kind, numbers } = typeColumn(name, values[at]);
    return kind === 'date' && new Set(numbers?.filter(Number.isFinite)).size >= 2;
  });
}

/** The columns that `groupBy` names. */
export const columnsNamed = (table: Table, groupBy: string | string[]): string[] =>
  [groupBy].flat().flatMap((name) => namesIn(table, name));

/**
 * Refuses columns that can't be compared or followed.
 * @throws UserError for one that the table does not have, and for a `time` without dates
 */
export function requireColumns(
  table: Table,
  { groupBy, time }: { groupBy?: string | string[]; time?: string },
): void {
  for (const name of columnsNamed(table, groupBy ?? [])) cellsOf(table, name, 'groupBy');
  if (time === undefined) return;
  cellsOf(table, time, 'time');
  timesOf(table, time);
}

/** Values of a column as text, '' where it has none. @throws UserError for a column that the table does not have */
export function textsOf(table: Table, name: string): string[] {
  return cellsOf(table, name).map((cell) => (cell === null ? '' : String(cell).trim()));
}

/** Times of a column of dates, NaN where it has none. @throws UserError for a column of other things */
export function timesOf(table: Table, name: string): Float64Array {
  const { kind, numbers } = typeColumn(name, cellsOf(table, name));
  if (kind === 'date' && numbers) return numbers;
  throw new UserError(`${table.source}: column ${name} holds no dates; \`time\` needs a column of dates`, {
    code: 'COLUMN_INVALID',
    option: 'time',
    file: table.source,
  });
}

/** Cells of a column, or of a field of a column of objects: `user.name`. */
function cellsOf(table: Table, name: string, option = 'column'): readonly Cell[] {
  const { columns, values, source } = table;
  const at = columns.indexOf(name);
  if (at >= 0) return values[at];
  const cellOf = cellsNamed(table, name);
  const cells = Array.from({ length: table.rows }, (_, row) => cellOf(row));
  if (cells.some((cell) => cell !== null)) return cells;
  const found = columns.flatMap((column) => [column, ...fieldNames(table, column)]);
  throw new UserError(
    `${source} has no column ${name}; found ${found.join(', ')}${didYouMean(name, found)}`,
    {
      code: 'COLUMN_MISSING',
      option,
      file: source,
    },
  );
}
