import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Collection } from './collection.js';
import type { Source } from './read.js';
import { type FieldData, readScalarColumn, type Scalar } from './wire.js';

export type Label = number | string;

/** Rows that are read and written at once. */
const PAGE = 500;

const INTEGERS: Record<string, [number, number]> = {
  Int8: [-128, 127],
  Int16: [-32_768, 32_767],
  Int32: [-(2 ** 31), 2 ** 31 - 1],
  Int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/**
 * Writes one value an id into `field`. Milvus replaces whole rows, so each is read with all its fields, changed in
 * that one, and stored again: columns travel back as they came, bit for bit. A program that changes the same rows
 * at the same moment may lose its change, which the documentation says.
 */
export async function writeBack(
  { connection, collection }: Source,
  field: string,
  ids: readonly string[],
  labels: ArrayLike<Label>,
  watch: Watch,
): Promise<void> {
  const put = fieldWriter(collection, field, labels);
  for (let from = 0; from < ids.length; from += PAGE) {
    watch.signal?.throwIfAborted();
    const part = ids.slice(from, from + PAGE);
    const literals = collection.idType === 'INT64' ? part : part.map((id) => JSON.stringify(id));
    const answer = await connection.call<{ fields_data: FieldData[] }>('Query', {
      collection_name: collection.name,
      expr: `${collection.idField} in [${literals.join(',')}]`,
      output_fields: [
        ...collection.fields.filter((f) => !f.computed).map((f) => f.name),
        ...(collection.dynamic ? ['$meta'] : []),
      ],
      consistency_level: 'Strong',
    });
    const columns = answer.fields_data;
    const found = idsIn(columns.find((column) => column.field_name === collection.idField));
    if (found.length === 0) continue;
    const rowOf = new Map(part.map((id, i) => [id, from + i]));
    const values = found.map((id) => labels[rowOf.get(id) ?? -1]);
    await connection.call('Upsert', {
      collection_name: collection.name,
      fields_data: put(columns, values),
      num_rows: found.length,
    });
    watch.onProgress?.({
      stage: 'write',
      done: Math.min(from + PAGE, ids.length),
      total: ids.length,
      unit: 'rows',
    });
  }
}

const idsIn = (column: FieldData | undefined): string[] =>
  column ? readScalarColumn(column).map(String) : [];

type Put = (columns: FieldData[], values: Label[]) => FieldData[];

/** Checks once that the field can take the labels. */
function fieldWriter(collection: Collection, name: string, labels: ArrayLike<Label>): Put {
  const field = collection.fields.find((candidate) => candidate.name === name);
  const values = Array.from(labels);
  if (collection.autoId) {
    throw new UserError(
      `collection ${collection.name} numbers its rows itself (autoID), so rows can't be written back under their ids; the labels are in the output files`,
    );
  }
  if (!field) {
    if (collection.dynamic) return intoDynamic(name);
    const known = collection.fields.map((candidate) => candidate.name).join(', ');
    throw new UserError(
      `collection ${collection.name} has no field ${name} to write labels to and takes no dynamic fields; its fields: ${known}`,
    );
  }
  if (field.primary || field.name === collection.vectorField || field.name === collection.textField) {
    throw new UserError(
      `labels would overwrite ${name} of ${collection.name}; name another field to write back to`,
    );
  }
  const range = INTEGERS[field.type];
  if (range) {
    const bad = values.find(
      (value) => !Number.isInteger(value) || Number(value) < range[0] || Number(value) > range[1],
    );
    if (bad !== undefined) {
      throw new UserError(
        `field ${name} of ${collection.name} is an ${field.type}, which can't hold the label ${bad}`,
      );
    }
    const long = field.type === 'Int64';
    return replace(field.name, long ? 'long_data' : 'int_data', field.type, (value) =>
      long ? String(value) : Number(value),
    );
  }
  if (field.type === 'VarChar') {
    const most = Number(field.params.max_length ?? 65_535);
    const bad = values.find((value) => Buffer.byteLength(String(value)) > most);
    if (bad !== undefined) {
      throw new UserError(
        `field ${name} of ${collection.name} holds ${most} bytes, too few for the label ${bad}`,
      );
    }
    return replace(field.name, 'string_data', field.type, String);
  }
  if (field.type === 'JSON') {
    return replace(field.name, 'json_data', field.type, (value) => Buffer.from(JSON.stringify(value)));
  }
  throw new UserError(
    `field ${name} of ${collection.name} is a ${field.type}; labels go into an integer, VARCHAR or JSON field`,
  );
}

function replace(name: string, kind: string, type: string, convert: (value: Label) => Scalar | Buffer): Put {
  return (columns, values) => [
    ...columns.filter((column) => column.field_name !== name),
    {
      type,
      field_name: name,
      scalars: { [kind]: { data: values.map(convert) } },
      valid_data: columns.find((column) => column.field_name === name)?.valid_data?.map(() => true),
    },
  ];
}

/** Sets one key of each row's JSON and keeps the others. */
function intoDynamic(name: string): Put {
  return (columns, values) => {
    const meta = columns.find((column) => column.is_dynamic || column.field_name === '$meta');
    const old = ((meta?.scalars?.json_data as { data?: Uint8Array[] } | undefined)?.data ??
      []) as Uint8Array[];
    const data = values.map((value, row) => {
      const text = old[row]?.length ? Buffer.from(old[row]).toString('utf8') : '{}';
      return Buffer.from(JSON.stringify({ ...(JSON.parse(text) as object), [name]: value }));
    });
    return [
      ...columns.filter((column) => column !== meta),
      { type: 'JSON', field_name: '$meta', is_dynamic: true, scalars: { json_data: { data } } },
    ];
  };
}
