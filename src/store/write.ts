import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { type Matrix, pickRows } from '../shapes.js';
import type { Collection } from './collection.js';
import type { Connection } from './connection.js';
import { isTooMuch } from './failure.js';
import type { Source } from './read.js';
import { rewriteRows } from './rewrite.js';
import { fitText } from './text.js';
import { int64Column, varcharColumn, vectorColumn } from './wire.js';

/** What is stored: one row each of ids, vectors and texts. */
export interface Rows {
  ids: readonly string[];
  vectors: Matrix;
  texts: readonly string[];
}

/** Bytes of one message. Milvus refuses 64 MB; smaller ones lose less when a connection breaks. */
const BATCH_BYTES = 16 * 2 ** 20;
/** Rows of one message. */
export const BATCH_ROWS = 2000;

/** Rows of each batch: as many as fit both bounds, one at least. */
export function* batches(
  rows: number,
  bytesOf: (row: number) => number,
  { bytes = BATCH_BYTES, most = BATCH_ROWS }: { bytes?: number; most?: number } = {},
): Generator<{ from: number; to: number }> {
  let from = 0;
  let size = 0;
  for (let row = 0; row < rows; row++) {
    const next = bytesOf(row);
    if (row > from && (size + next > bytes || row - from >= most)) {
      yield { from, to: row };
      from = row;
      size = 0;
    }
    size += next;
  }
  if (rows > from) yield { from, to: rows };
}

/**
 * Checks that denscape can fill every required field of this collection.
 *
 * @throws UserError with the field and the reason
 */
export function checkWritable(collection: Collection, dimensions: number): void {
  const { name } = collection;
  if (collection.dimensions !== dimensions) {
    throw new UserError(
      `collection ${name} holds vectors of ${collection.dimensions} numbers, the model makes ${dimensions}; use the model that filled it, or another --collection`,
    );
  }
  if (collection.autoId) {
    throw new UserError(
      `collection ${name} numbers its rows itself (autoID), so a second import would store everything twice; choose another --collection`,
    );
  }
  const ours = [collection.idField, collection.vectorField, collection.textField];
  const other = collection.fields.find(
    (field) => !ours.includes(field.name) && !field.nullable && !field.hasDefault && !field.computed,
  );
  if (other) {
    throw new UserError(
      `collection ${name} requires a value for ${other.name} (${other.type}), which denscape doesn't have; choose another --collection`,
    );
  }
}

/**
 * Stores vectors and texts under ids that may be stored already; a row that is keeps all its other fields. Returns the
 * number of texts that were cut to the field's length.
 */
export async function update(source: Source, rows: Rows, watch: Watch): Promise<number> {
  const { connection, collection } = source;
  const { ids, vectors, texts } = rows;
  const ours = [collection.idField, collection.vectorField, collection.textField];
  const hasMore = collection.dynamic || collection.fields.some((field) => !ours.includes(field.name));
  if (!hasMore) return upsert(connection, collection, rows, watch);
  const { fitted, cut } = fitTexts(collection, texts);
  const { cols } = vectors;
  const found = await rewriteRows(
    source,
    ids,
    (columns, at) => {
      const { data } = pickRows(vectors, at);
      const changed = [vectorColumn(collection.vectorField, collection.vectorType, data, cols, 0, at.length)];
      if (collection.textField) {
        changed.push(
          varcharColumn(
            collection.textField,
            Array.from(at, (row) => fitted[row]),
          ),
        );
      }
      const names = changed.map((column) => column.field_name);
      return [...columns.filter((column) => !names.includes(column.field_name)), ...changed];
    },
    { signal: watch.signal },
  );
  const fresh = Int32Array.from(ids.keys()).filter((row) => found[row] === 0);
  await upsert(
    connection,
    collection,
    {
      ids: Array.from(fresh, (row) => ids[row]),
      texts: Array.from(fresh, (row) => fitted[row]),
      vectors: pickRows(vectors, fresh),
    },
    watch,
  );
  return cut;
}

/** Texts cut to what the collection's text field holds, and how many were. */
function fitTexts(collection: Collection, texts: readonly string[]): { fitted: string[]; cut: number } {
  let cut = 0;
  const fitted = texts.map((text) => {
    const short = fitText(text, collection.textLimit);
    if (short !== text) cut++;
    return short;
  });
  return { fitted, cut };
}

/**
 * Stores rows under their ids; what was there under an id is replaced, so any part may be repeated. Ids must
 * differ. Returns the number of texts that were cut to the field's length.
 */
export async function upsert(
  connection: Connection,
  collection: Collection,
  { ids, vectors, texts }: Rows,
  watch: Watch,
  bounds?: { bytes?: number; most?: number },
): Promise<number> {
  const { cols } = vectors;
  const { fitted, cut } = fitTexts(collection, texts);
  // 3 bytes a UTF-16 unit at most, and some for the frames.
  const bytesOf = (row: number) => cols * 4 + (fitted[row]?.length ?? 0) * 3 + ids[row].length + 32;
  const send = async (from: number, to: number): Promise<void> => {
    watch.signal?.throwIfAborted();
    const idColumn = collection.idType === 'INT64' ? int64Column : varcharColumn;
    const fields = [
      idColumn(collection.idField, ids.slice(from, to)),
      vectorColumn(collection.vectorField, collection.vectorType, vectors.data, cols, from, to),
    ];
    if (collection.textField) fields.push(varcharColumn(collection.textField, fitted.slice(from, to)));
    try {
      await connection.call('Upsert', {
        collection_name: collection.name,
        fields_data: fields,
        num_rows: to - from,
      });
    } catch (error) {
      if (!isTooMuch(error) || to - from < 2) throw error;
      const middle = (from + to) >>> 1;
      await send(from, middle);
      await send(middle, to);
    }
  };
  for (const { from, to } of batches(ids.length, bytesOf, bounds)) {
    await send(from, to);
    watch.onProgress?.({ stage: 'store', done: to, total: ids.length, unit: 'rows' });
  }
  return cut;
}
