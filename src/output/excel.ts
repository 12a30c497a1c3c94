import { counted, grouped } from '../counted.js';
import { withoutFormula } from './formula.js';
import type { Columns } from './rows.js';

/** Characters (UTF-16 units) that one cell of Excel holds; it cuts longer ones when it opens a CSV file. */
export const EXCEL_CELL = 32_767;

/** Cells that are longer than Excel's, in the order of rows, then columns. */
export interface LongCells {
  count: number;
  /** The first of them: its row, counted from 0, and the column's name. */
  first?: { row: number; column: string; characters: number };
}

/** Counts the cells of a table that Excel can't hold, as they are written with `excel`. */
export function longCells({ columns, rows, values }: Columns): LongCells {
  const found: LongCells = { count: 0 };
  for (let row = 0; row < rows; row++) {
    for (const [column, cells] of values.entries()) {
      const cell = cells[row];
      // An apostrophe may be added.
      if (typeof cell !== 'string' || cell.length < EXCEL_CELL) continue;
      const characters = withoutFormula(cell).length;
      if (characters <= EXCEL_CELL) continue;
      found.count++;
      found.first ??= { row, column: columns[column], characters };
    }
  }
  return found;
}

/** One line for people; undefined where every cell fits. */
export function longCellsLine({ count, first }: LongCells): string | undefined {
  if (!first) return undefined;
  const { row, column, characters } = first;
  const than = `longer than the ${grouped(EXCEL_CELL)} characters that Excel shows of a cell`;
  return `${counted(count, 'cell is', 'cells are')} ${than}: ${count === 1 ? '' : 'first '}${column} in row ${grouped(row + 1)} (${grouped(characters)} characters)`;
}
