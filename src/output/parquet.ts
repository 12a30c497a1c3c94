import { type BasicType, parquetWriteRows } from 'hyparquet-writer';
import { turn } from '../breathe.js';
import { parquetWriter } from '../files/parquet-writer.js';
import { replaceFile } from '../files/replace.js';
import type { Watch } from '../progress.js';
import { rowMeter } from './row-meter.js';
import { type AddedColumn, addedColumns, type Clustering, type Columns } from './rows.js';

/** Rows of a group, at most. The library packs a group in one go, so groups of many or long cells have fewer. */
const MOST_ROWS = 20_000;
const FEWEST_ROWS = 500;
/** Bytes of a group, about: packed in a tenth of a second. */
const GROUP_BYTES = 8 * 1024 ** 2;
const SAMPLED_ROWS = 200;
const TYPE_OF: Record<AddedColumn['kind'], BasicType> = {
  integer: 'INT32',
  number: 'DOUBLE',
  text: 'STRING',
  boolean: 'BOOLEAN',
};

type Value = string | number | boolean | null;

/**
 * As `writeCsv`, in Parquet (Snappy): text columns as strings, columns of numbers as doubles, of booleans as
 * booleans; a column of several kinds as strings. Replaces the file at once or not at all.
 */
export async function writeParquet(
  path: string,
  table: Columns,
  clustering: Clustering,
  { signal, onProgress }: Watch = {},
): Promise<void> {
  const original = table.columns.map((name, c) => {
    const type = typeOf(table.values[c]);
    const asText = type === 'STRING';
    const at = (row: number): Value => {
      const value = table.values[c][row];
      return asText && value !== null ? String(value) : value;
    };
    return { name, type, at };
  });
  const added = addedColumns(table, clustering).map(({ name, kind, at }) => ({
    name,
    type: TYPE_OF[kind],
    at,
  }));
  const columns: { name: string; type: BasicType; at(row: number): Value }[] = [...original, ...added];
  const meter = rowMeter(table.rows, onProgress);

  async function* rows() {
    for (let row = 0; row < table.rows; row++) {
      yield Object.fromEntries(columns.map(({ name, at }) => [name, at(row)]));
      if ((row + 1) % 1000 !== 0) continue;
      signal?.throwIfAborted();
      meter(row + 1);
      await turn();
    }
    meter(table.rows);
  }
  await replaceFile(
    path,
    async (write) => {
      await parquetWriteRows({
        writer: parquetWriter(write),
        rows: rows(),
        columns: columns.map(({ name, type }) => ({ name, type })),
        rowGroupSize: rowsOfGroup(table.rows, columns),
        createdBy: 'denscape',
      });
    },
    { signal },
  );
}

function rowsOfGroup(rows: number, columns: { at(row: number): Value }[]): number {
  const step = Math.max(1, Math.floor(rows / SAMPLED_ROWS));
  let bytes = 0;
  let sampled = 0;
  for (let row = 0; row < rows; row += step, sampled++) {
    for (const { at } of columns) bytes += 8 + String(at(row) ?? '').length;
  }
  const fitting = Math.floor((GROUP_BYTES * sampled) / Math.max(1, bytes));
  return Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, fitting));
}

/** Types of a table's columns. */
export type ParquetType = 'STRING' | 'DOUBLE' | 'BOOLEAN';

export function typeOf(values: readonly Value[]): ParquetType {
  const kinds = new Set<string>();
  for (const value of values) if (value !== null) kinds.add(typeof value);
  if (kinds.size !== 1) return 'STRING';
  if (kinds.has('number')) return 'DOUBLE';
  return kinds.has('boolean') ? 'BOOLEAN' : 'STRING';
}
