import pLimit from 'p-limit';
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { type Matrix, pickRows, type SparseRows } from '../shapes.js';
import { pickSparse } from '../sparse-rows.js';
import type { Collection, Plan } from './collection.js';
import { isTooMuch } from './failure.js';
import { changedColumns, type FileFields, fieldColumn, schemaField } from './field-columns.js';
import type { Source } from './query.js';
import { rewriteRows } from './rewrite.js';
import { SOURCES, sourcesIn, withSource } from './sources.js';
import { sparseColumn, sparseSize } from './sparse.js';
import { fitText } from './text.js';
import { dynamicColumn, type FieldData, int64Column, varcharColumn, vectorColumn } from './wire.js';

/** What is stored: one row each of ids, vectors and texts. */
export interface Rows {
  ids: readonly string[];
  vectors: Matrix;
  texts: readonly string[];
  /** Lexical weights, for a collection that has a field of them. */
  lexical?: SparseRows;
  /** Columns of the file, as `storableFields` returned them. */
  fields?: FileFields;
  /** Name of the source; kept with each row where the collection takes dynamic fields. */
  origin?: string;
}

/** Bounds of one message. */
export interface BatchBounds {
  bytes?: number;
  most?: number;
}

/**
 * Bytes of one message. Milvus refuses 64 MB; three of 1 MiB at once are written faster than larger or smaller ones
 * (of ¼ to 16 MiB, rows of 384 and 1,024 numbers, Milvus 2.3.5).
 */
const BATCH_BYTES = 2 ** 20;
/** Rows of one message. */
export const BATCH_ROWS = 2048;

/** Rows of each batch: as many as fit both bounds, one at least. */
export function* batches(
  rows: number,
  bytesOf: (row: number) => number,
  { bytes = BATCH_BYTES, most = BATCH_ROWS }: BatchBounds = {},
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
export function checkWritable(
  collection: Collection,
  { dimensions, fields: given = [], sparse = false }: Pick<Plan, 'dimensions' | 'fields' | 'sparse'>,
): void {
  const { name } = collection;
  if (collection.dimensions !== dimensions) {
    throw new UserError(
      `collection ${name} holds vectors of ${collection.dimensions} numbers, the model makes ${dimensions}; use the model that filled it, or another --collection`,
      { code: 'STORE_MISMATCH', option: 'store.collection' },
    );
  }
  if (collection.autoId) {
    throw new UserError(
      `collection ${name} numbers its rows itself (autoID), so a second import would store everything twice; choose another --collection`,
      { code: 'STORE_MISMATCH', option: 'store.collection' },
    );
  }
  const { textFields } = collection;
  if (textFields.length > 1 || textFields[0] !== collection.textField) {
    throw new UserError(
      `texts are stored in one VARCHAR field of ${name}, not in ${textFields.join(', ')}; name one with --text-field, or choose another --collection`,
      { code: 'STORE_MISMATCH', option: 'store.textField' },
    );
  }
  const ours = [
    collection.idField,
    collection.vectorField,
    collection.textField,
    ...(sparse ? [collection.sparseField] : []),
    ...given,
  ];
  const other = collection.fields.find(
    (field) => !ours.includes(field.name) && !field.nullable && !field.hasDefault && !field.computed,
  );
  if (other) {
    throw new UserError(
      `collection ${name} requires a value for ${other.name} (${other.type}), which denscape doesn't have; choose another --collection, or give a column of that name with --fields ${other.name}`,
      { code: 'STORE_MISMATCH', option: 'store.collection' },
    );
  }
}

/**
 * Stores vectors and texts under ids that may be stored already; a row that is keeps all its other fields. Returns the
 * number of texts that were cut to the field's length.
 */
export async function update(source: Source, rows: Rows, watch: Watch): Promise<number> {
  const { collection } = source;
  const { ids, vectors, texts, lexical, fields = {}, origin } = rows;
  const { sparseField } = collection;
  const replaced = [collection.vectorField, collection.textField, ...(lexical ? [sparseField] : [])];
  const ours = [collection.idField, ...replaced];
  const hasMore = collection.dynamic || collection.fields.some((field) => !ours.includes(field.name));
  if (!hasMore) return upsert(source, rows, watch);
  const { fitted, cut } = fitTexts(collection, texts);
  const { cols } = vectors;
  // A row of another program stays its own.
  const keys =
    collection.dynamic && origin !== undefined
      ? (json: string) => new Map(sourcesIn(json) ? [[SOURCES, withSource(json, origin)]] : [])
      : undefined;
  const found = await rewriteRows(
    { ...source, partitions: undefined },
    ids,
    (columns, at) => {
      const { data } = pickRows(vectors, at);
      const changed = [vectorColumn(collection.vectorField, collection.vectorType, data, cols, 0, at.length)];
      if (collection.textField) {
        const own = Array.from(at, (row) => fitted[row]);
        changed.push(varcharColumn(collection.textField, own));
      }
      if (sparseField && lexical)
        changed.push(sparseColumn(sparseField, pickSparse(lexical, at), 0, at.length));
      return [...changedColumns(collection, columns, at, { fields, keys }), ...changed];
    },
    { signal: watch.signal },
    replaced,
  );
  const fresh = Int32Array.from(ids.keys()).filter((row) => found[row] === 0);
  await upsert(source, pick(rows, fresh, fitted), watch);
  return cut;
}

function pick({ ids, vectors, lexical, fields = {}, origin }: Rows, rows: Int32Array, texts: string[]): Rows {
  const of = <T>(all: readonly T[]): T[] => Array.from(rows, (row) => all[row]);
  return {
    ids: of(ids),
    texts: of(texts),
    vectors: pickRows(vectors, rows),
    lexical: lexical && pickSparse(lexical, rows),
    fields: Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, of(values)])),
    origin,
  };
}

/** Sets fields of stored rows and keeps the rest of each; `origin` is added to their sources. */
export async function setFields(
  source: Source,
  { ids, fields = {}, origin }: Pick<Rows, 'ids' | 'fields' | 'origin'>,
  watch: Watch,
): Promise<void> {
  const { collection } = source;
  const keys =
    collection.dynamic && origin !== undefined
      ? (json: string) => new Map([[SOURCES, withSource(json, origin)]])
      : undefined;
  await rewriteRows(
    source,
    ids,
    (columns, at) => changedColumns(collection, columns, at, { fields, keys }),
    watch,
  );
}

/** Texts cut to what the collection's text field holds, and how many were. */
export function fitTexts(
  collection: Collection,
  texts: readonly string[],
): { fitted: string[]; cut: number } {
  let cut = 0;
  const fitted = texts.map((text) => {
    const short = fitText(text, collection.textLimit);
    if (short !== text) cut++;
    return short;
  });
  return { fitted, cut };
}

/** The fields of the file in rows `from` to `to`, those without a schema and the source as one column of JSON. */
function fieldColumns(collection: Collection, rows: Rows, from: number, to: number): FieldData[] {
  const { fields = {} } = rows;
  const names = Object.keys(fields);
  const columns: FieldData[] = [];
  for (const name of names) {
    const field = schemaField(collection, name);
    if (field) columns.push(fieldColumn(field, fields[name].slice(from, to)));
  }
  const texts = dynamicJson(collection, rows, from, to);
  return texts ? [...columns, dynamicColumn(texts)] : columns;
}

/** The dynamic fields of rows `from` to `to`, the source among them, a JSON object a row; undefined where there are none. */
export function dynamicJson(
  collection: Collection,
  { fields = {}, origin }: Rows,
  from: number,
  to: number,
): string[] | undefined {
  const dynamic = Object.keys(fields).filter((name) => !schemaField(collection, name));
  if (!collection.dynamic || (dynamic.length === 0 && origin === undefined)) return undefined;
  const sources = origin === undefined ? {} : { [SOURCES]: [origin] };
  return Array.from({ length: to - from }, (_, i) =>
    JSON.stringify({
      ...Object.fromEntries(dynamic.map((name) => [name, fields[name][from + i]])),
      ...sources,
    }),
  );
}

/**
 * Stores rows under their ids; what was there under an id is replaced, so any part may be repeated. Ids must
 * differ. Returns the number of texts that were cut to the field's length.
 */
export async function upsert(
  source: Source,
  rows: Rows,
  watch: Watch,
  bounds?: BatchBounds,
): Promise<number> {
  const { connection, collection, partitions } = source;
  const { ids, vectors, texts, lexical, fields = {} } = rows;
  const { sparseField } = collection;
  const { cols } = vectors;
  const { fitted, cut } = fitTexts(collection, texts);
  // 3 bytes a UTF-16 unit at most, and some for the frames.
  const others = Object.values(fields);
  const bytesOf = (row: number) =>
    others.reduce((sum, values) => sum + String(values[row]).length * 3 + 16, 0) +
    cols * 4 +
    (lexical ? sparseSize(lexical, row) : 0) +
    (fitted[row]?.length ?? 0) * 3 +
    ids[row].length +
    96;
  const send = async (from: number, to: number): Promise<void> => {
    watch.signal?.throwIfAborted();
    const idColumn = collection.idType === 'INT64' ? int64Column : varcharColumn;
    const columns = [
      idColumn(collection.idField, ids.slice(from, to)),
      vectorColumn(collection.vectorField, collection.vectorType, vectors.data, cols, from, to),
      ...fieldColumns(collection, rows, from, to),
    ];
    if (collection.textField) columns.push(varcharColumn(collection.textField, fitted.slice(from, to)));
    if (sparseField && lexical) columns.push(sparseColumn(sparseField, lexical, from, to));
    try {
      await connection.call('Upsert', {
        collection_name: collection.name,
        fields_data: columns,
        num_rows: to - from,
        ...(partitions && { partition_name: partitions[0] }),
      });
    } catch (error) {
      if (!isTooMuch(error) || to - from < 2) throw error;
      const middle = (from + to) >>> 1;
      await send(from, middle);
      await send(middle, to);
    }
  };
  // Some requests at once: one is written into a message here while the server works on another.
  const limit = pLimit(source.parallel);
  let done = 0;
  const one = async (from: number, to: number) => {
    await send(from, to);
    done += to - from;
    watch.onProgress?.({ stage: 'store', done, total: ids.length, unit: 'rows' });
  };
  try {
    const parts = [...batches(ids.length, bytesOf, bounds)];
    await Promise.all(parts.map(({ from, to }) => limit(one, from, to)));
  } finally {
    limit.clearQueue();
  }
  return cut;
}
