import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Collection } from './collection.js';
import type { Source } from './read.js';
import { rewriteRows } from './rewrite.js';
import type { FieldData, Scalar } from './wire.js';

export type Label = number | string;

const INTEGERS: Record<string, [number, number]> = {
  Int8: [-128, 127],
  Int16: [-32_768, 32_767],
  Int32: [-(2 ** 31), 2 ** 31 - 1],
  Int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/**
 * Writes one value per id into `field` and leaves the rest of each row as it is. A program that changes the same rows
 * at the same moment may lose its change (docs/milvus.md says so).
 *
 * @throws UserError when the field can't take the labels
 */
export async function writeBack(
  source: Source,
  field: string,
  ids: readonly string[],
  labels: ArrayLike<Label>,
  watch: Watch,
): Promise<void> {
  const put = fieldWriter(source.collection, field, labels);
  await rewriteRows(
    source,
    ids,
    (columns, at) =>
      put(
        columns,
        Array.from(at, (row) => labels[row]),
      ),
    watch,
  );
}

/**
 * Checks that labels can be written into `field`, before anything is clustered.
 *
 * @throws UserError when the collection numbers its rows itself, has no such field, or the field's type can't hold labels
 */
export function checkWriteBack(collection: Collection, field: string): void {
  fieldWriter(collection, field, []);
}

type Put = (columns: FieldData[], values: Label[]) => FieldData[];

/** Checks once that the field can take the labels. */
function fieldWriter(collection: Collection, name: string, labels: ArrayLike<Label>): Put {
  const field = collection.fields.find((candidate) => candidate.name === name);
  const values = Array.from(labels);
  if (collection.autoId) {
    throw new UserError(
      `collection ${collection.name} numbers its rows itself (autoID), so labels can't be written back under their ids; leave out --write-back`,
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
