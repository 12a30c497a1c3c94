import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTable, type Table } from '../../src/read/index.js';
import type { BenchCase, FunctionCase } from '../case.js';

function csv(rows: number, quick: boolean): FunctionCase {
  return {
    kind: 'function',
    name: 'read/csv',
    size: { rows, cols: 3 },
    quick,
    runs: 3,
    async open() {
      const file = join(tmpdir(), `denscape-bench-${process.pid}-${rows}.csv`);
      const lines = Array.from(
        { length: rows },
        (_, row) =>
          `${row},Heading number ${row},"A description, with a comma, of the row ${row}, ""quoted"" words"`,
      );
      await writeFile(file, `id,title,description\n${lines.join('\n')}\n`);
      return {
        run: () => readTable(file),
        check(table: Table) {
          const last = table.values[2][rows - 1];
          if (table.rows !== rows || table.lines[rows - 1] !== rows + 1)
            throw new Error('rows or lines are off');
          if (last !== `A description, with a comma, of the row ${rows - 1}, "quoted" words`)
            throw new Error(`read ${last}`);
        },
        close: () => rm(file),
      };
    },
  };
}

export const cases: BenchCase[] = [csv(10_000, true), csv(200_000, false)];
