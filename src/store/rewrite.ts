import type { Watch } from '../progress.js';
import { partitionNames } from './loading.js';
import { idsExpression, inHalves, type Source } from './query.js';
import { type FieldData, readScalarColumn } from './wire.js';

/** Rows that are read and stored again in one request. */
const PAGE = 500;

/**
 * Columns to store instead of `columns`, which hold whole rows as the server returned them; `at[i]` is the position of
 * row i among the ids.
 */
export type Change = (columns: FieldData[], at: Int32Array) => FieldData[];

/**
 * Changes stored rows and keeps everything in them that `change` leaves alone. Milvus replaces whole rows, so each is
 * read with all its fields and stored again, in the partition that it lies in: an upsert without a partition's name
 * would put a second copy of the row into the default partition. Rows that are not stored are left out.
 *
 * @param replaced fields that `change` makes anew, which need not be read
 * @returns for each id whether a row of it was found: 1 or 0
 */
export async function rewriteRows(
  source: Source,
  ids: readonly string[],
  change: Change,
  watch: Watch = {},
  replaced: readonly (string | undefined)[] = [],
): Promise<Uint8Array> {
  const { collection } = source;
  const found = new Uint8Array(ids.length);
  const partitions = await partitionsOf(source);
  const fields = [
    ...collection.fields
      .filter((field) => !field.computed && !replaced.includes(field.name))
      .map((field) => field.name),
    ...(collection.dynamic ? ['$meta'] : []),
  ];
  const page = async (from: number, to: number, partition: string | undefined): Promise<void> => {
    watch.signal?.throwIfAborted();
    const wanted = Array.from({ length: to - from }, (_, i) => from + i).filter((row) => found[row] === 0);
    if (wanted.length === 0) return;
    const response = await source.connection.call<{ fields_data: FieldData[] }>('Query', {
      collection_name: collection.name,
      expr: idsExpression(
        collection,
        wanted.map((row) => ids[row]),
      ),
      output_fields: fields,
      consistency_level: 'Strong',
      ...(partition !== undefined && { partition_names: [partition] }),
    });
    const columns = response.fields_data.map(withEmptyArrays);
    const keys = columns.find((column) => column.field_name === collection.idField);
    const positionOf = new Map(wanted.map((row) => [ids[row], row]));
    const at = Int32Array.from(keys ? readScalarColumn(keys) : [], (id) => positionOf.get(String(id)) ?? -1);
    if (at.length === 0) return;
    await source.connection.call('Upsert', {
      collection_name: collection.name,
      fields_data: change(columns, at),
      num_rows: at.length,
      ...(partition !== undefined && { partition_name: partition }),
    });
    for (const row of at) if (row >= 0) found[row] = 1;
  };
  for (let from = 0; from < ids.length; from += PAGE) {
    const to = Math.min(from + PAGE, ids.length);
    for (const partition of partitions) {
      await inHalves(from, to, (first, end) => page(first, end, partition));
    }
    watch.onProgress?.({ stage: 'write', done: to, total: ids.length, unit: 'rows' });
  }
  return found;
}

/**
 * The partitions that rows may lie in; `[undefined]` where the server finds a row's partition by itself, which it does
 * where there is only one and where a field is the partition key.
 */
async function partitionsOf({
  connection,
  collection,
  partitions,
}: Source): Promise<readonly (string | undefined)[]> {
  if (partitions) return partitions;
  if (collection.fields.some((field) => field.partitionKey)) return [undefined];
  const names = await partitionNames(connection, collection.name);
  return names.length > 1 ? names : [undefined];
}

/** Kinds of array_data by the element type's number and name in schema.proto. */
const ARRAY_KIND: Record<string, string> = {
  1: 'bool_data',
  Bool: 'bool_data',
  2: 'int_data',
  Int8: 'int_data',
  3: 'int_data',
  Int16: 'int_data',
  4: 'int_data',
  Int32: 'int_data',
  5: 'long_data',
  Int64: 'long_data',
  10: 'float_data',
  Float: 'float_data',
  11: 'double_data',
  Double: 'double_data',
  20: 'string_data',
  String: 'string_data',
  21: 'string_data',
  VarChar: 'string_data',
};

interface ArrayData {
  data?: ({ data?: string } & Record<string, unknown>)[];
  element_type?: string | number;
}

/**
 * A server returns an empty array without saying what it is an array of, and Milvus 2.3 stops with an internal error
 * when it gets one back like that. Each gets its kind again.
 */
function withEmptyArrays(column: FieldData): FieldData {
  const arrays = column.scalars?.array_data as ArrayData | null | undefined;
  const kind = ARRAY_KIND[String(arrays?.element_type)];
  if (!arrays?.data || kind === undefined) return column;
  const data = arrays.data.map((array) =>
    array.data === undefined || array.data === null ? { [kind]: { data: [] }, data: kind } : array,
  );
  return { ...column, scalars: { ...column.scalars, array_data: { ...arrays, data } } };
}
