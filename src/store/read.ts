import pLimit from 'p-limit';
import { FailureError, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { type Collection, countRows } from './collection.js';
import type { Connection } from './connection.js';
import { isTooMuch } from './failure.js';
import { fitText } from './text.js';
import { type FieldData, readScalarColumn, readVectorColumn, type Scalar } from './wire.js';

/** Where rows are read from. */
export interface Source {
  connection: Connection;
  collection: Collection;
  /** Concurrent requests: 1 for Milvus Lite, which serves one at a time. */
  parallel: number;
  /** Whether vectors were read under IP or COSINE that are not of unit length. */
  lengths: { vary: boolean };
}

/** Bytes of one response: far below the message limit, large enough that requests don't dominate. */
const PAGE_BYTES = 8 * 2 ** 20;
/** The most rows that Milvus returns for one request. */
const MOST_ROWS = 16_384;

/** A list of ids as an expression. */
export function idsExpression(collection: Collection, ids: readonly string[]): string {
  const list = collection.idType === 'INT64' ? ids : ids.map((id) => JSON.stringify(id));
  return `${collection.idField} in [${list.join(',')}]`;
}

interface QueryResponse {
  fields_data: FieldData[];
}

function query(
  { connection, collection }: Source,
  expr: string,
  fields: readonly string[],
  params: Record<string, string> = {},
): Promise<QueryResponse> {
  return connection.call<QueryResponse>('Query', {
    collection_name: collection.name,
    expr,
    output_fields: fields,
    // The query sees everything written before it, by any process.
    consistency_level: 'Strong',
    query_params: Object.entries(params).map(([key, value]) => ({ key, value })),
  });
}

/** A column of a response by name; a dynamic field lies inside the row's JSON. */
function column(response: QueryResponse, name: string): Scalar[] {
  const own = response.fields_data.find((field) => field.field_name === name && !field.is_dynamic);
  if (own) return readScalarColumn(own);
  const dynamic = response.fields_data.find((field) => field.is_dynamic);
  if (!dynamic) return [];
  return readScalarColumn(dynamic).map((json) => {
    const value = json === null ? undefined : (JSON.parse(String(json)) as Record<string, unknown>)[name];
    if (value === undefined || value === null) return null;
    return typeof value === 'object' ? JSON.stringify(value) : (value as Scalar);
  });
}

/** Calls `request` for a range; where the server refuses it as too large, for its halves in turn. */
export async function inHalves(
  from: number,
  to: number,
  request: (from: number, to: number) => Promise<void>,
): Promise<void> {
  try {
    await request(from, to);
  } catch (error) {
    if (!isTooMuch(error) || to - from < 2) throw error;
    const middle = (from + to) >>> 1;
    await inHalves(from, middle, request);
    await inHalves(middle, to, request);
  }
}

/** Calls `page` for consecutive ranges of `total` things, some at once. */
async function inPages(
  total: number,
  size: number,
  parallel: number,
  watch: Watch,
  page: (from: number, to: number) => Promise<void>,
  report: (done: number) => void,
): Promise<void> {
  const limit = pLimit(parallel);
  let done = 0;
  const starts = Array.from({ length: Math.ceil(total / size) }, (_, i) => i * size);
  try {
    await Promise.all(
      starts.map((from) =>
        limit(async () => {
          watch.signal?.throwIfAborted();
          const to = Math.min(from + size, total);
          await inHalves(from, to, page);
          done += to - from;
          report(done);
        }),
      ),
    );
  } finally {
    limit.clearQueue();
  }
}

/**
 * Rows that are not stored yet, ascending. With `texts`, also those that are stored with another text: ids from a
 * column stay when the text changes.
 */
export async function missingRows(
  source: Source,
  ids: readonly string[],
  watch: Watch,
  texts?: readonly string[],
): Promise<Int32Array> {
  const { collection } = source;
  const compare = texts && collection.textField;
  const there = new Uint8Array(ids.length);
  const bytes = compare ? 1000 : 30;
  const size = Math.max(1, Math.min(4096, Math.floor(PAGE_BYTES / bytes)));
  await inPages(
    ids.length,
    size,
    source.parallel,
    watch,
    async (from, to) => {
      const fields = compare ? [collection.idField, compare] : [collection.idField];
      const response = await query(source, idsExpression(collection, ids.slice(from, to)), fields);
      const found = column(response, collection.idField);
      const stored = compare ? column(response, compare) : [];
      const rowOf = new Map<string, number>();
      for (let row = from; row < to; row++) rowOf.set(ids[row], row);
      found.forEach((id, i) => {
        const row = rowOf.get(String(id));
        if (row !== undefined && (!compare || stored[i] === fitText(texts[row], collection.textLimit)))
          there[row] = 1;
      });
    },
    (done) => watch.onProgress?.({ stage: 'store', done, total: ids.length, unit: 'rows' }),
  );
  return Int32Array.from(ids.keys()).filter((row) => there[row] === 0);
}

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
      const response = await query(source, idsExpression(collection, ids.slice(from, to)), [
        collection.idField,
        collection.vectorField,
      ]);
      const rowOf = new Map<string, number>();
      for (let row = from; row < to; row++) rowOf.set(ids[row], row);
      const rows = column(response, collection.idField).map((id) => rowOf.get(String(id)) ?? -1);
      for (const row of rows) if (row >= 0) there[row] = 1;
      copyVectors(response, collection, data, (row) => rows[row]);
    },
    (done) => watch.onProgress?.({ stage: 'store', done, total: ids.length, unit: 'rows' }),
  );
  const lost = there.indexOf(0);
  if (lost >= 0) {
    throw new FailureError(
      `collection ${collection.name} has no row with the id ${ids[lost]}; another program deleted it, run the command again`,
    );
  }
  return unit(source, { data, rows: ids.length, cols });
}

function copyVectors(
  response: QueryResponse,
  collection: Collection,
  into: Float32Array,
  rowOf: (row: number) => number,
) {
  const vectors = response.fields_data.find((field) => field.field_name === collection.vectorField);
  if (vectors?.vectors) readVectorColumn(vectors, collection.dimensions, into, rowOf);
}

/** Rows of a page, given the bytes of one. */
const pageRows = (bytes: number) => Math.max(16, Math.min(4096, Math.floor(PAGE_BYTES / bytes)));

/**
 * Under IP and COSINE the server compares directions. For unit vectors euclidean distance gives the same order,
 * so vectors are scaled to unit length here; under L2 they stay as they are.
 */
function unit({ collection, lengths }: Source, matrix: Matrix): Matrix {
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

/** Ids and texts of a few rows. */
export async function readSample(source: Source, rows: number): Promise<{ id: string; text: string }[]> {
  const { collection } = source;
  if (!collection.textField) return [];
  const response = await query(
    source,
    after(collection, undefined, undefined),
    [collection.idField, collection.textField],
    {
      limit: String(rows),
    },
  );
  const texts = column(response, collection.textField);
  return column(response, collection.idField).map((id, i) => ({
    id: String(id),
    text: String(texts[i] ?? ''),
  }));
}

/** What lies in a collection, in the order of its ids. */
export interface StoredRows {
  ids: string[];
  vectors: Matrix;
  /** Empty texts where the collection has no text field. */
  texts: string[];
  /** One column for each requested field; JSON and arrays as text. */
  columns: Record<string, Scalar[]>;
}

/** Reads a collection, or the part of it that a filter leaves. */
export async function readCollection(
  source: Source,
  { filter, fields = [] }: { filter?: string; fields?: readonly string[] },
  watch: Watch,
): Promise<StoredRows> {
  const { connection, collection } = source;
  checkFields(collection, fields);
  const total = await countRows(connection, collection.name, filter);
  if (total === 0) {
    throw new UserError(
      filter
        ? `no row of collection ${collection.name} matches the filter ${filter}`
        : `collection ${collection.name} is empty; fill it first: denscape embed FILE --milvus … --collection ${collection.name}`,
    );
  }
  const cols = collection.dimensions;
  const vectors = new Float32Array(total * cols);
  const ids: string[] = [];
  const texts: string[] = [];
  const columns: Record<string, Scalar[]> = Object.fromEntries(fields.map((name) => [name, []]));
  const wanted = [
    collection.idField,
    collection.vectorField,
    ...(collection.textField ? [collection.textField] : []),
    ...fields,
  ];
  const page = Math.min(MOST_ROWS, pageRows(cols * 4 + 500 * (1 + fields.length)));
  while (ids.length < total) {
    watch.signal?.throwIfAborted();
    const response = await query(source, after(collection, ids.at(-1), filter), [...new Set(wanted)], {
      limit: String(Math.min(page, total - ids.length)),
      // Makes the server return the smallest ids instead of the first ones it finds.
      iterator: 'True',
      reduce_stop_for_best: 'True',
    });
    const found = column(response, collection.idField).map(String);
    if (found.length === 0) break;
    const start = ids.length;
    copyVectors(response, collection, vectors, (row) => start + row);
    // One by one: pages are too long to be spread as arguments.
    for (const id of found) ids.push(id);
    const named = collection.textField ? column(response, collection.textField) : [];
    for (let row = 0; row < found.length; row++) texts.push(String(named[row] ?? ''));
    for (const name of fields) {
      const values = column(response, name);
      const whole = collection.fields.some((field) => field.name === name && field.type === 'Int64');
      for (let row = 0; row < found.length; row++) {
        columns[name].push(whole ? asNumber(values[row] ?? null) : (values[row] ?? null));
      }
    }
    watch.onProgress?.({ stage: 'store', done: ids.length, total, unit: 'rows' });
  }
  if (ids.length !== total || new Set(ids).size !== total) {
    throw new FailureError(
      `collection ${collection.name} changed while it was read: ${total} rows counted, ${new Set(ids).size} read; run the command again while nothing writes to it`,
    );
  }
  return { ids, vectors: unit(source, { data: vectors, rows: total, cols }), texts, columns };
}

/** 64-bit numbers travel as text; most fit a number. */
function asNumber(value: Scalar): Scalar {
  return typeof value === 'string' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** The next page: larger ids, and the caller's own condition. Milvus 2.3 can't read the smallest INT64 there is. */
function after(collection: Collection, last: string | undefined, filter: string | undefined): string {
  const literal =
    collection.idType === 'VARCHAR' ? JSON.stringify(last ?? '') : (last ?? '-9223372036854775807');
  const comparison = last === undefined ? '>=' : '>';
  const page = `${collection.idField} ${comparison} ${literal}`;
  return filter ? `${page} and (${filter})` : page;
}

function checkFields(collection: Collection, fields: readonly string[]): void {
  for (const name of fields) {
    if (collection.dynamic || collection.fields.some((field) => field.name === name)) continue;
    const known = collection.fields.map((field) => field.name).join(', ');
    throw new UserError(`collection ${collection.name} has no field ${name}; its fields: ${known}`);
  }
}
