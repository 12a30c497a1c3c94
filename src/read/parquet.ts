import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { TableBuilder } from './table.js';

const ROWS_AT_ONCE = 50_000;

/**
 * Reads a Parquet file in slices of rows.
 * @throws UserError where it isn't one or is damaged.
 */
export async function readParquet(
  path: string,
  builder: TableBuilder,
  { onProgress, signal }: Watch,
): Promise<void> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const total = Number(metadata.num_rows);
    for (let rowStart = 0; rowStart < total; rowStart += ROWS_AT_ONCE) {
      signal?.throwIfAborted();
      const rowEnd = Math.min(total, rowStart + ROWS_AT_ONCE);
      const rows = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
      for (const row of rows) builder.record(row, builder.rows + 1);
      onProgress?.({ stage: 'read', done: rowEnd, total, unit: 'rows' });
    }
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${builder.source}: not a Parquet file that can be read (${reason})`);
  }
}
