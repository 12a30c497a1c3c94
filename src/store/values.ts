import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { column, literal, outputFields, query, type Source } from './query.js';
import { after, checkFields } from './read-collection.js';
import type { Scalar } from './wire.js';

/** Rows that have one value in a field. */
export interface ValueRows {
  value: Scalar;
  /** Expression that is true for them. */
  filter: string;
  rows: number;
}

/** More values than this are no groups, but rather a number or a text of each row. */
const MOST_VALUES = 10_000;

/**
 * The values of a field and how many rows have each, most first, among rows that match a filter. Rows without a value
 * are counted with the value null and an empty filter, since older servers have no expression for them.
 *
 * @throws UserError for a field that the collection doesn't have, and for one of more than 10,000 values
 */
export async function readValues(
  source: Source,
  field: string,
  filter: string | undefined,
  watch: Watch,
): Promise<ValueRows[]> {
  const { collection } = source;
  await checkFields(source, [field]);
  const counts = new Map<Scalar, number>();
  const fields = outputFields(collection, [collection.idField, field]);
  let last: string | undefined;
  for (let read = 0; ; ) {
    watch.signal?.throwIfAborted();
    const page = await query(source, after(collection, last, filter), fields, {
      limit: '8192',
      iterator: 'True',
      reduce_stop_for_best: 'True',
    });
    const ids = column(page, collection.idField);
    if (ids.length === 0) break;
    const values = column(page, field);
    for (let row = 0; row < ids.length; row++) {
      const value = values[row] ?? null;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    if (counts.size > MOST_VALUES) {
      throw new UserError(
        `field ${field} of ${collection.name} has more than ${MOST_VALUES.toLocaleString('en-US')} values; a run for each takes a field with few, such as a language or a tenant`,
        { code: 'OPTION_INVALID', option: 'by' },
      );
    }
    last = String(ids.at(-1));
    read += ids.length;
    watch.onProgress?.({ stage: 'read', done: read, unit: 'rows' });
  }
  const type = collection.fields.find(({ name }) => name === field)?.type;
  const name =
    type === undefined && !/^[A-Za-z_]\w*$/.test(field) ? `$meta[${JSON.stringify(field)}]` : field;
  return [...counts]
    .map(([value, rows]) => ({ value, rows, filter: value === null ? '' : equals(name, value, type) }))
    .sort((a, b) => b.rows - a.rows || String(a.value).localeCompare(String(b.value)));
}

/** 64-bit numbers of a schema come as text. */
function equals(name: string, value: Scalar, type: string | undefined): string {
  const isText = typeof value === 'string' && type !== 'Int64';
  return `${name} == ${isText ? literal(value) : String(value)}`;
}
