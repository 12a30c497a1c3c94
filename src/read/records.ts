import { turn } from '../breathe.js';
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { TableBuilder } from './table.js';

/** A text, or named values. */
export type Row = string | Record<string, unknown>;

/**
 * Reads a caller's rows. Strings become the column `text`.
 * @throws UserError with the number of a row that is neither text nor object.
 */
export async function readRecords(
  rows: Iterable<Row> | AsyncIterable<Row>,
  builder: TableBuilder,
  { onProgress, signal }: Watch,
): Promise<void> {
  for await (const row of rows) {
    const number = builder.rows + 1;
    if (number % 1024 === 0) {
      signal?.throwIfAborted();
      onProgress?.({ stage: 'read', done: number, unit: 'rows' });
      // An iterable that has its rows ready never gives timers a turn, so an abort would not be seen.
      if (number % 16384 === 0) await turn();
    }
    if (typeof row === 'string') builder.record({ text: row }, number);
    else if (typeof row === 'object' && row !== null && !Array.isArray(row)) add(builder, row, number);
    else {
      const found = Array.isArray(row) ? 'an array' : row === null ? 'null' : typeof row;
      throw new UserError(`row ${number}: ${found}; expected a string or an object of columns`, {
        code: 'ROW_INVALID',
        option: 'source',
      });
    }
  }
}

function add(builder: TableBuilder, row: Record<string, unknown>, number: number): void {
  try {
    builder.record(row, number);
  } catch (cause) {
    if (!(cause instanceof UserError) || cause.code !== 'ROW_INVALID') throw cause;
    throw new UserError(`row ${number}: ${cause.message}`, { code: 'ROW_INVALID', option: 'source', cause });
  }
}
