import { counted } from '../counted.js';
import { FailureError, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import type { Collection, Metric } from './collection.js';
import { isBadExpression } from './failure.js';
import {
  column,
  countRows,
  idLiteral,
  outputFields,
  type Page,
  pageRows,
  query,
  type Source,
} from './query.js';
import { copyVectors, unit } from './read-vectors.js';
import { dynamicTexts, type Scalar } from './wire.js';

/** The most rows that Milvus returns for one request. */
const MOST_ROWS = 16_384;

/** What lies in a collection, in the order of its ids. */
export interface StoredRows {
  /** Name of the primary key. */
  idField: string;
  ids: string[];
  vectors: Matrix;
  /** Empty where the collection has no text field. */
  texts: string[];
  /** Names of the fields that the texts are from; empty where the collection has none. */
  textFields: readonly string[];
  /** One column for each requested field; JSON and arrays as text. */
  columns: Record<string, Scalar[]>;
  /** Rows whose vector can be compared, ascending. */
  usable: Int32Array;
  /** What was odd about the rows, a line each. */
  findings: string[];
}

/** Reads a collection, or the part of it that a filter leaves. */
export async function readCollection(
  source: Source,
  { filter, fields = [] }: { filter?: string; fields?: readonly string[] },
  watch: Watch,
): Promise<StoredRows> {
  const { collection } = source;
  const { textFields } = collection;
  await checkFields(source, [...fields, ...textFields]);
  const total = await countRows(source, filter);
  if (total === 0) {
    throw new UserError(
      filter
        ? `no row of collection ${collection.name} matches the filter ${filter}`
        : `collection ${collection.name} is empty; fill it first: denscape embed FILE --milvus … --collection ${collection.name}`,
      { code: 'INPUT_EMPTY', option: filter ? 'store.filter' : 'store.collection' },
    );
  }
  const cols = collection.dimensions;
  const vectors = new Float32Array(total * cols);
  const ids: string[] = [];
  const texts: string[] = [];
  const columns: Record<string, Scalar[]> = Object.fromEntries(fields.map((name) => [name, []]));
  const wanted = outputFields(collection, [
    collection.idField,
    collection.vectorField,
    ...textFields,
    ...fields,
  ]);
  const size = Math.min(MOST_ROWS, pageRows(cols * 4 + 500 * (1 + fields.length)));
  while (ids.length < total) {
    watch.signal?.throwIfAborted();
    const page = await query(source, after(collection, ids.at(-1), filter), wanted, {
      limit: String(Math.min(size, total - ids.length)),
      // Makes the server return the smallest ids instead of the first ones it finds.
      iterator: 'True',
      reduce_stop_for_best: 'True',
    });
    const found = column(page, collection.idField).map(String);
    if (found.length === 0) break;
    const start = ids.length;
    copyVectors(page, collection, vectors, (row) => start + row);
    // One by one: pages are too long to be spread as arguments.
    for (const id of found) ids.push(id);
    for (const text of textsOf(page, textFields, found.length)) texts.push(text);
    for (const name of fields) appendField(columns[name], collection, page, name, found.length);
    watch.onProgress?.({ stage: 'store', done: ids.length, total, unit: 'rows' });
  }
  const isAbsent = (name: string) => !collection.fields.some((field) => field.name === name);
  const unknown = fields.find((name) => isAbsent(name) && columns[name].every((value) => value === null));
  // Where the server couldn't say so before; under a filter, other rows may have values.
  if (unknown !== undefined && filter === undefined) throw await noSuchKey(source, unknown);
  const rows = new Set(ids).size;
  // A collection that nobody writes to still has the same count; fewer rows then share their id with another.
  if (rows !== ids.length || (rows !== total && (await countRows(source, filter)) !== total)) {
    throw new FailureError(
      `collection ${collection.name} changed while it was read: ${total} rows counted, ${rows} read; run the command again while nothing writes to it`,
      { code: 'STORE_BUSY', option: 'store.collection' },
    );
  }
  const read = unit(source, { data: vectors.subarray(0, rows * cols), rows, cols });
  const odd = oddRows(read, collection.metric);
  const usable = Int32Array.from(ids.keys()).filter((row) => !odd.infinite[row] && !odd.zero[row]);
  return {
    idField: collection.idField,
    ids,
    vectors: read,
    texts,
    textFields,
    columns,
    usable,
    findings: [
      ...duplicatesLine(collection.name, total - rows, rows),
      ...oddLine(collection, ids, odd.infinite, 'with a number that is not finite'),
      ...oddLine(collection, ids, odd.zero, `of zeros, which have no direction under ${collection.metric}`),
    ],
  };
}

/** Rows whose vector has no distance to others: 1 in `infinite` or `zero`. */
function oddRows({ data, rows, cols }: Matrix, metric: Metric): { infinite: Uint8Array; zero: Uint8Array } {
  const infinite = new Uint8Array(rows);
  const zero = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let j = row * cols; j < (row + 1) * cols; j++) sum += Math.abs(data[j]);
    if (!Number.isFinite(sum)) infinite[row] = 1;
    else if (sum === 0 && metric !== 'L2') zero[row] = 1;
  }
  return { infinite, zero };
}

function oddLine({ name, vectorField }: Collection, ids: string[], odd: Uint8Array, what: string): string[] {
  const rows = odd.reduce((sum, one) => sum + one, 0);
  if (rows === 0) return [];
  return [
    `${counted(rows, 'row')} of collection ${name} ${rows === 1 ? 'is' : 'are'} in no topic: ${rows === 1 ? 'its' : 'their'} ${vectorField} is a vector ${what}, such as that of ${ids[odd.indexOf(1)]}`,
  ];
}

function duplicatesLine(collection: string, duplicates: number, rows: number): string[] {
  if (duplicates === 0) return [];
  return [
    `collection ${collection} holds ${counted(duplicates, 'row')} under an id that another row has too; Milvus returns one row for each id, so ${counted(rows, 'row is', 'rows are')} clustered`,
  ];
}

/** The texts of a page, those of several fields with a line end between. */
function textsOf(page: Page, fields: readonly string[], rows: number): string[] {
  const parts = fields.map((name) => column(page, name));
  return Array.from({ length: rows }, (_, row) =>
    parts
      .map((values) => String(values[row] ?? ''))
      .filter((text) => parts.length === 1 || text.trim() !== '')
      .join('\n'),
  );
}

function appendField(into: Scalar[], collection: Collection, page: Page, name: string, rows: number): void {
  const values = column(page, name);
  const isLong = collection.fields.some((field) => field.name === name && field.type === 'Int64');
  for (let row = 0; row < rows; row++) {
    const value = values[row] ?? null;
    into.push(isLong ? asNumber(value) : value);
  }
}

/** 64-bit numbers travel as text; most fit a number. */
function asNumber(value: Scalar): Scalar {
  return typeof value === 'string' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** The next page: larger ids, and the caller's own condition. Milvus 2.3 can't read the smallest INT64 there is. */
export function after(collection: Collection, last: string | undefined, filter: string | undefined): string {
  const least = collection.idType === 'VARCHAR' ? '' : '-9223372036854775807';
  const comparison = last === undefined ? '>=' : '>';
  const page = `${collection.idField} ${comparison} ${idLiteral(collection, last ?? least)}`;
  return filter ? `${page} and (${filter})` : page;
}

/**
 * Refuses fields that a collection doesn't have: those of a schema by the schema, dynamic ones where no row has a value.
 */
export async function checkFields(source: Source, fields: readonly string[]): Promise<void> {
  const { collection } = source;
  for (const name of new Set(fields)) {
    if (collection.fields.some((field) => field.name === name)) continue;
    const known = collection.fields.map((field) => field.name);
    if (!collection.dynamic) {
      throw new UserError(
        `collection ${collection.name} has no field ${name}; its fields: ${known.join(', ')}`,
        { code: 'STORE_MISSING', option: 'store.fields' },
      );
    }
    if ((await hasKey(source, name)) === false) throw await noSuchKey(source, name);
  }
}

async function noSuchKey(source: Source, name: string): Promise<UserError> {
  const known = source.collection.fields.map((field) => field.name);
  const keys = [...known, ...(await someKeys(source))].slice(0, 40).join(', ');
  return new UserError(
    `no row of collection ${source.collection.name} has a field ${name}; found ${keys}, in its schema and in some of its rows`,
    { code: 'STORE_MISSING', option: 'store.fields' },
  );
}

/** Whether some row has a value in a dynamic field; undefined where the server can't say. */
async function hasKey(source: Source, name: string): Promise<boolean | undefined> {
  const expression = `exists ${/^[A-Za-z_]\w*$/.test(name) ? name : `$meta[${JSON.stringify(name)}]`}`;
  try {
    const page = await query(source, expression, [source.collection.idField], { limit: '1' });
    return column(page, source.collection.idField).length > 0;
  } catch (error) {
    // Milvus Lite 2 has no `exists`.
    if (isBadExpression(error)) return undefined;
    throw error;
  }
}

/** Names of dynamic fields, as some rows have them. */
async function someKeys(source: Source): Promise<string[]> {
  const { collection } = source;
  const page = await query(source, after(collection, undefined, undefined), ['$meta'], { limit: '100' });
  const texts = dynamicTexts(page.fields_data, 100).filter((text) => text !== '');
  return [...new Set(texts.flatMap((text) => Object.keys(JSON.parse(text) as object)))].sort();
}

/** Ids, texts and vectors of a few rows; nothing where the collection has no texts. */
export async function readSample(
  source: Source,
  rows: number,
): Promise<{ ids: string[]; texts: string[]; vectors: Matrix }> {
  const { collection } = source;
  const { dimensions: cols, textFields } = collection;
  if (textFields.length === 0)
    return { ids: [], texts: [], vectors: { data: new Float32Array(), rows: 0, cols } };
  const wanted = [collection.idField, collection.vectorField, ...textFields];
  const page = await query(source, after(collection, undefined, undefined), wanted, { limit: String(rows) });
  const ids = column(page, collection.idField).map(String);
  const data = new Float32Array(ids.length * cols);
  copyVectors(page, collection, data, (row) => row);
  return { ids, texts: textsOf(page, textFields, ids.length), vectors: { data, rows: ids.length, cols } };
}
