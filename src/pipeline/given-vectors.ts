import { breathe } from '../breathe.js';
import { normalizeInto } from '../embed/pooling.js';
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { isNpy, readNpy } from '../read/npy.js';
import { readVectorColumn } from '../read/vector-column.js';
import { type Matrix, pickRows } from '../shapes.js';
import type { Corpus } from './corpus.js';

/** Rows between two looks at the clock. */
const ROWS_AT_ONCE = 256;

/**
 * The vectors that the caller has: one per table row in a matrix or a `.npy` file, or a column of the table.
 * @returns those of the documents, scaled to unit length as a model's are.
 * @throws UserError where they don't fit the rows or hold something other than numbers.
 */
export async function givenVectors(
  given: string | Matrix,
  { table, documents }: Corpus,
  watch: Watch,
): Promise<Matrix> {
  const { tableRows } = documents;
  if (typeof given === 'string' && !isNpy(given)) {
    return unitLength(await readVectorColumn(table, given, tableRows, watch), tableRows, watch, table.lines);
  }
  const { data, rows, cols } = typeof given === 'string' ? await readNpy(given, watch) : given;
  if (!(data instanceof Float32Array) || data.length !== rows * cols || !(cols >= 1)) {
    throw refusal(`must be { data: Float32Array, rows, cols } with rows × cols numbers`);
  }
  if (rows !== table.rows) {
    throw refusal(`must have as many rows as ${table.source}, ${table.rows}; got ${rows}`);
  }
  const all = { data, rows, cols };
  return unitLength(tableRows.length === rows ? all : pickRows(all, tableRows), tableRows, watch);
}

const refusal = (what: string) =>
  new UserError(`vectors ${what}`, { code: 'VECTORS_INVALID', option: 'vectors' });

/** `lines` of the table's rows where they are known, for messages. */
async function unitLength(
  { data, rows, cols }: Matrix,
  tableRows: Int32Array,
  { signal, onProgress }: Watch,
  lines?: Int32Array,
): Promise<Matrix> {
  const unit = new Float32Array(data.length);
  const pause = breathe(signal);
  for (let row = 0; row < rows; row++) {
    if (row % ROWS_AT_ONCE === 0) {
      onProgress?.({ stage: 'read', done: row, total: rows, unit: 'vectors' });
      await pause();
    }
    const vector = data.subarray(row * cols, (row + 1) * cols);
    const odd = vector.find((value) => !Number.isFinite(value));
    if (odd !== undefined) {
      const place = lines ? `line ${lines[tableRows[row]]}` : `row ${tableRows[row]}`;
      throw refusal(`must hold finite numbers; got ${odd} in ${place}`);
    }
    normalizeInto(vector, unit, row * cols);
  }
  return { data: unit, rows, cols };
}
