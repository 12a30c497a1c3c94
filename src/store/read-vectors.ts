import { FailureError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import type { Collection } from './collection.js';
import { column, idsExpression, inPages, type Page, pageRows, query, type Source } from './query.js';
import { readVectorColumn } from './wire.js';

/** The stored vectors of these ids, in their order. Throws where one is missing. */
export async function readVectors(
  source: Source,
  ids: readonly string[],
  watch: Watch,
  into?: Float32Array,
): Promise<Matrix> {
  const { collection } = source;
  const cols = collection.dimensions;
  const data = into ?? new Float32Array(ids.length * cols);
  const there = new Uint8Array(ids.length);
  await inPages(
    ids.length,
    pageRows(cols * 4),
    source.parallel,
    watch,
    async (from, to) => {
      const page = await query(source, idsExpression(collection, ids.slice(from, to)), [
        collection.idField,
        collection.vectorField,
      ]);
      const rowOf = new Map<string, number>();
      for (let row = from; row < to; row++) rowOf.set(ids[row], row);
      const rows = column(page, collection.idField).map((id) => rowOf.get(String(id)) ?? -1);
      for (const row of rows) if (row >= 0) there[row] = 1;
      copyVectors(page, collection, data, (row) => rows[row]);
    },
    (done) => watch.onProgress?.({ stage: 'store', done, total: ids.length, unit: 'rows' }),
  );
  const lost = there.indexOf(0);
  if (lost >= 0) {
    throw new FailureError(
      `collection ${collection.name} has no row with the id ${ids[lost]}; another program deleted it, run the command again`,
      { code: 'STORE_BUSY', option: 'store.collection' },
    );
  }
  return unit(source, { data, rows: ids.length, cols });
}

/** Copies the vectors of a page, row r to row `rowOf(r)`. */
export function copyVectors(
  page: Page,
  collection: Collection,
  into: Float32Array,
  rowOf: (row: number) => number,
) {
  const vectors = page.fields_data.find((field) => field.field_name === collection.vectorField);
  if (vectors?.vectors) readVectorColumn(vectors, collection.dimensions, into, rowOf);
}

/**
 * Under IP and COSINE the server compares directions. For unit vectors euclidean distance gives the same order,
 * so vectors are scaled to unit length here; under L2 they stay as they are.
 */
export function unit({ collection, lengths }: Source, matrix: Matrix): Matrix {
  if (collection.metric === 'L2') return matrix;
  const { data, rows, cols } = matrix;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let j = row * cols; j < (row + 1) * cols; j++) sum += data[j] * data[j];
    // Already of unit length up to rounding: dividing would only change the last bits.
    if (sum === 0 || Math.abs(sum - 1) < 1e-6) continue;
    // Float16 numbers are a thousandth off at most.
    if (Math.abs(sum - 1) > 1e-2) lengths.vary = true;
    const length = Math.sqrt(sum);
    for (let j = row * cols; j < (row + 1) * cols; j++) data[j] /= length;
  }
  return matrix;
}
