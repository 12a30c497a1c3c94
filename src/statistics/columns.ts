import { UserError } from '../errors.js';
import { typeColumn } from '../map/columns.js';
import { didYouMean } from '../options/nearest.js';
import type { Table } from '../read/index.js';

/** A column is compared by value if it has so many of them, each with so many rows on average. */
const MOST_VALUES = 50;
const LEAST_ROWS = 5;
/** Columns that are compared where none are named. */
const MOST_COLUMNS = 5;

/** Columns whose values divide the rows into a few groups, in the order of the table; no text column among them. */
export function groupColumns({ columns, values, rows }: Table, textColumns: readonly string[]): string[] {
  return columns
    .filter((name, at) => {
      if (textColumns.includes(name)) return false;
      const { kind, categories } = typeColumn(name, values[at]);
      const count = categories?.length ?? 0;
      return kind === 'category' && count >= 2 && count <= MOST_VALUES && count * LEAST_ROWS <= rows;
    })
    .slice(0, MOST_COLUMNS);
}

/** The first column of dates that has at least two different ones; undefined where there is none. */
export function timeColumn({ columns, values }: Table, textColumns: readonly string[]): string | undefined {
  return columns.find((name, at) => {
    if (textColumns.includes(name)) return false;
    const { kind, numbers } = typeColumn(name, values[at]);
    return kind === 'date' && new Set(numbers?.filter(Number.isFinite)).size >= 2;
  });
}

/** Values of a column as text, '' where it has none. @throws UserError for a column that the table does not have */
export function textsOf({ columns, values, source }: Table, name: string): string[] {
  return cellsOf({ columns, values, source }, name).map((cell) => (cell === null ? '' : String(cell).trim()));
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

function cellsOf({ columns, values, source }: Pick<Table, 'columns' | 'values' | 'source'>, name: string) {
  const at = columns.indexOf(name);
  if (at >= 0) return values[at];
  throw new UserError(
    `${source} has no column ${name}; found ${columns.join(', ')}${didYouMean(name, columns)}`,
    {
      code: 'COLUMN_MISSING',
      option: 'column',
      file: source,
    },
  );
}
