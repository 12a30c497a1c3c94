import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetSchema,
} from 'hyparquet';
import { turn } from '../breathe.js';
import { counted } from '../counted.js';
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Cell } from './cell.js';
import { inputError } from './input-error.js';
import { cellsOf, plainSchema } from './parquet-cells.js';
import { checkCounts, checkPages } from './parquet-checks.js';
import { decodeColumn } from './parquet-decode.js';
import type { TableBuilder } from './table.js';

/**
 * Reads a Parquet file, a row group and a column at a time.
 * @throws UserError where it isn't one, is damaged, or holds another number of rows than it says.
 */
export async function readParquet(
  path: string,
  builder: TableBuilder,
  { onProgress, signal }: Watch,
): Promise<void> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    checkCounts(metadata, builder.source);
    await readGroups(file, metadata, builder, { onProgress, signal });
  } catch (cause) {
    if (signal?.aborted || cause instanceof UserError) throw cause;
    throw inputError(
      'FORMAT_INVALID',
      { source: builder.source },
      `not a Parquet file that can be read (${reasonOf(cause)}); write the file again`,
      cause,
    );
  }
}

async function readGroups(
  file: AsyncBuffer,
  metadata: FileMetaData,
  builder: TableBuilder,
  { onProgress, signal }: Watch,
): Promise<void> {
  const columns = plainSchema(metadata);
  const root = parquetSchema(metadata);
  const total = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const read: { name: string; cells: Cell[] }[] = [];
    for (const [at, column] of columns.entries()) {
      signal?.throwIfAborted();
      await checkPages(file, group, column, builder.source);
      const values =
        rows === 0
          ? []
          : await decodeColumn(file, group, root, root.children[at], column.isFlat, builder.source);
      if (values.length !== rows) {
        throw inputError(
          'FORMAT_INVALID',
          { source: builder.source },
          `a row group says ${counted(rows, 'row')}, its column "${column.name}" holds ${values.length.toLocaleString('en-US')}; write the file again`,
        );
      }
      read.push({ name: column.name, cells: cellsOf(column, values) });
      await turn();
    }
    builder.columnCells(read, rows);
    onProgress?.({ stage: 'read', done: builder.rows, total, unit: 'rows' });
  }
}

/** The reader's own words, but not those of the JavaScript engine, which say nothing to a user. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return Object.getPrototypeOf(cause) === Error.prototype ? cause.message : 'its bytes are damaged';
}
