import { turn } from '../breathe.js';
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import type { Cell } from './cell.js';
import type { Table } from './table.js';

/** Rows between two looks at the event loop and the signal. */
const ROWS_AT_ONCE = 500;

/**
 * A column whose cells hold lists of numbers (a list of Parquet, `[0.1, 0.2]`, or numbers with spaces between) as a
 * matrix. `rows`: those that are wanted.
 * @throws UserError with the line of a cell that holds something else, or another count of numbers than the others.
 */
export async function readVectorColumn(
  table: Table,
  name: string,
  rows: Int32Array,
  { signal }: Watch = {},
): Promise<Matrix> {
  const cells = table.values[table.columns.indexOf(name)];
  let data = new Float32Array(0);
  let cols = 0;
  for (const [at, row] of rows.entries()) {
    const numbers = numbersIn(cells[row]);
    const refuse = (what: string) =>
      new UserError(`${table.source} line ${table.lines[row]}: ${name} ${what}; expected a list of numbers`, {
        code: 'VECTORS_INVALID',
        option: 'vectors',
        file: table.source,
        line: table.lines[row],
      });
    if (numbers === undefined) throw refuse('holds no vector');
    if (numbers.length === 1) throw refuse('holds one number');
    if (at === 0) {
      cols = numbers.length;
      data = new Float32Array(rows.length * cols);
    }
    if (numbers.length !== cols) throw refuse(`holds ${numbers.length} numbers, the first row ${cols}`);
    data.set(numbers, at * cols);
    if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) {
      await turn();
      signal?.throwIfAborted();
    }
  }
  return { data, rows: rows.length, cols };
}

function numbersIn(cell: Cell | undefined): number[] | undefined {
  if (typeof cell !== 'string') return undefined;
  const parts = cell
    .trim()
    .replace(/^[[({]|[\])}]$/g, '')
    .trim()
    .split(/[\s,;]+/);
  const numbers = parts.map(Number);
  const isVector = parts.every((part) => part !== '') && numbers.every(Number.isFinite);
  return isVector ? numbers : undefined;
}
