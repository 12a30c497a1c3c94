import type { SchemaElement } from 'hyparquet';
import { parquetWriteRows } from 'hyparquet-writer';
import { turn } from '../breathe.js';
import { parquetWriter } from '../files/parquet-writer.js';
import { replaceFile } from '../files/replace.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { type ParquetType, typeOf } from './parquet.js';
import type { Columns } from './rows.js';

/** Numbers, in all vectors together, that are held before they are written. */
const NUMBERS_AT_ONCE = 2 ** 22;

const PHYSICAL: Record<ParquetType, Partial<SchemaElement>> = {
  STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  DOUBLE: { type: 'DOUBLE' },
  BOOLEAN: { type: 'BOOLEAN' },
};

/**
 * Writes a table as Parquet, with a last column `embedding` (or `embedding_2`, … where that name is taken) of lists of
 * float32; null for a row without a vector. Replaces the file at once or not at all.
 * @param vectors A row for each row of the table, NaN where it has none.
 */
export async function writeVectors(
  path: string,
  table: Columns,
  vectors: Matrix,
  { signal, onProgress }: Watch = {},
): Promise<void> {
  let name = 'embedding';
  for (let n = 2; table.columns.includes(name); n++) name = `embedding_${n}`;
  const columns = table.columns.map((column, c) => {
    const type = typeOf(table.values[c]);
    const at = (row: number) => {
      const value = table.values[c][row];
      return type === 'STRING' && value !== null ? String(value) : value;
    };
    return { name: column, type, at };
  });
  const optional = 'OPTIONAL' as const;
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length + 1 },
    ...columns.map((column) => ({
      name: column.name,
      repetition_type: optional,
      ...PHYSICAL[column.type],
    })),
    { name, repetition_type: optional, converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', type: 'FLOAT' },
  ];
  const { data, cols } = vectors;
  const vectorOf = (row: number): number[] | null =>
    cols === 0 || Number.isNaN(data[row * cols]) ? null : [...data.subarray(row * cols, (row + 1) * cols)];
  async function* rows() {
    for (let row = 0; row < table.rows; row++) {
      yield {
        ...Object.fromEntries(columns.map((column) => [column.name, column.at(row)])),
        [name]: vectorOf(row),
      };
      if ((row + 1) % 500 !== 0) continue;
      signal?.throwIfAborted();
      onProgress?.({ stage: 'write', done: row + 1, total: table.rows, unit: 'rows' });
      await turn();
    }
  }
  await replaceFile(
    path,
    async (write) => {
      await parquetWriteRows({
        writer: parquetWriter(write),
        rows: rows(),
        columns: [...columns.map((column) => ({ name: column.name })), { name }],
        schema,
        rowGroupSize: Math.max(1, Math.ceil(NUMBERS_AT_ONCE / Math.max(1, cols))),
        createdBy: 'denscape',
      });
    },
    { signal },
  );
}
