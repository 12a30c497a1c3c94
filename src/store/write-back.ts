import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { ResultKind } from '../result-columns.js';
import type { Collection } from './collection.js';
import { changeKeys } from './dynamic.js';
import { changedColumns, INTEGERS, inRange, schemaField } from './field-columns.js';
import type { Source } from './query.js';
import { rewriteRows } from './rewrite.js';
import { fitText } from './text.js';
import { type FieldData, jsonTexts, type Scalar } from './wire.js';

/** A field of a collection and the kind of result that it receives. */
export interface Receiver {
  field: string;
  kind: ResultKind;
  /** Key of the result in the object of a JSON field; left out: the field's name. */
  key?: string;
}

/** A value for each of some rows, in one field. */
export interface FieldValues extends Receiver {
  values: ArrayLike<Scalar>;
}

/** Types of fields that hold each kind of result, as schema.proto names them; JSON and VARCHAR hold all. */
const TYPES: Record<ResultKind, readonly string[]> = {
  integer: [...Object.keys(INTEGERS), 'Float', 'Double'],
  number: ['Float', 'Double'],
  text: [],
  boolean: ['Bool', ...Object.keys(INTEGERS)],
};

/**
 * Writes results into fields of stored rows and leaves the rest of each row as it is. A program that changes the same
 * rows at the same moment may lose its change (docs/milvus.md says so).
 *
 * @returns how many rows are stored, and how many texts were cut to the length of their field
 * @throws UserError when a field can't take its values
 */
export async function writeBack(
  source: Source,
  ids: readonly string[],
  results: readonly FieldValues[],
  watch: Watch,
): Promise<{ found: number; cut: number }> {
  const { collection } = source;
  checkWriteBack(collection, results);
  const isJson = ({ field }: Receiver) => schemaField(collection, field)?.type === 'JSON';
  const intoJson = results.filter(isJson);
  const fitting = results
    .filter((result) => !isJson(result))
    .map((result) => [result.field, fitted(collection, result)] as const);
  const fields = Object.fromEntries(fitting.map(([name, { values }]) => [name, values]));
  const found = await rewriteRows(
    source,
    ids,
    (columns, at) => {
      const changed = changedColumns(collection, columns, at, { fields });
      return intoJson.reduce((before, result) => withJson(before, at, result), changed);
    },
    watch,
  );
  return {
    found: found.reduce((sum, one) => sum + one, 0),
    cut: fitting.reduce((sum, [, { cut }]) => sum + cut, 0),
  };
}

/**
 * Checks that results can be written into these fields, before anything is clustered.
 *
 * @throws UserError when the collection numbers its rows itself, has no such field, or the field's type can't hold the
 * results
 */
export function checkWriteBack(collection: Collection, receivers: readonly Receiver[]): void {
  if (collection.autoId) {
    throw new UserError(
      `collection ${collection.name} numbers its rows itself (autoID), so labels can't be written back under their ids; leave out --write-back`,
      { code: 'STORE_MISMATCH', option: 'store.writeBack' },
    );
  }
  for (const receiver of receivers) checkReceiver(collection, receiver);
}

function checkReceiver(collection: Collection, receiver: Receiver): void {
  const { field: name, kind } = receiver;
  const field = schemaField(collection, name);
  if (!field) {
    if (collection.dynamic) return;
    const known = collection.fields.map((candidate) => candidate.name).join(', ');
    throw new UserError(
      `collection ${collection.name} has no field ${name} to write labels to and takes no dynamic fields; its fields: ${known}`,
      { code: 'STORE_MISSING', option: 'store.writeBack' },
    );
  }
  if (field.primary || field.name === collection.vectorField || field.name === collection.textField) {
    throw new UserError(
      `labels would overwrite ${name} of ${collection.name}; name another field to write back to`,
      { code: 'STORE_MISMATCH', option: 'store.writeBack' },
    );
  }
  if (field.partitionKey || field.computed) {
    const what = field.partitionKey ? 'is its partition key' : 'is computed by the server';
    throw new UserError(`${name} of ${collection.name} ${what}; name another field to write back to`, {
      code: 'STORE_MISMATCH',
      option: 'store.writeBack',
    });
  }
  if (field.type === 'JSON' || field.type === 'VarChar' || TYPES[kind].includes(field.type)) return;
  const kinds = {
    integer: 'an integer, FLOAT, DOUBLE',
    number: 'a FLOAT, DOUBLE',
    text: 'a',
    boolean: 'a BOOL, integer',
  };
  throw new UserError(
    `field ${name} of ${collection.name} is a ${field.type}; ${kind === 'text' ? 'names go into a' : `labels of this kind go into ${kinds[kind]},`} VARCHAR or JSON field`,
    { code: 'STORE_MISMATCH', option: 'store.writeBack' },
  );
}

/** Values as the field holds them. */
function fitted(
  collection: Collection,
  { field: name, kind, values }: FieldValues,
): { values: Scalar[]; cut: number } {
  const field = schemaField(collection, name);
  const all = Array.from(values);
  if (!field) return { values: all, cut: 0 };
  const range = INTEGERS[field.type];
  if (range) {
    const numbers = all.map((value) => (value === null ? value : Number(value)));
    const bad = numbers.find((value) => value !== null && !inRange(value, range));
    if (bad === undefined) return { values: numbers, cut: 0 };
    throw new UserError(
      `field ${field.name} of ${collection.name} is an ${field.type}, which can't hold the label ${bad}`,
      { code: 'STORE_MISMATCH', option: 'store.writeBack' },
    );
  }
  if (field.type !== 'VarChar') return { values: all, cut: 0 };
  const most = Number(field.params.max_length ?? 65_535);
  let cut = 0;
  const texts = all.map((value) => {
    const text = String(value ?? '');
    const short = fitText(text, most);
    if (short === text) return text;
    if (kind === 'text') {
      cut++;
      return short;
    }
    throw new UserError(
      `field ${field.name} of ${collection.name} holds ${most} bytes, too few for the label ${text}`,
      { code: 'STORE_MISMATCH', option: 'store.writeBack' },
    );
  });
  return { values: texts, cut };
}

/** Sets one key in the objects of a JSON field and keeps the others; Milvus 2.3 takes nothing but objects there. */
function withJson(
  columns: FieldData[],
  at: Int32Array,
  { field, key = field, values }: FieldValues,
): FieldData[] {
  const old = columns.find((column) => column.field_name === field);
  const texts = jsonTexts(old, at.length).map((text, i) =>
    changeKeys(/^\s*\{/.test(text) ? text : '{}', new Map([[key, JSON.stringify(values[at[i]])]])),
  );
  return [
    ...columns.filter((column) => column !== old),
    {
      type: 'JSON',
      field_name: field,
      scalars: { json_data: { data: texts.map((text) => Buffer.from(text)) } },
      ...(old?.valid_data?.length && { valid_data: texts.map(() => true) }),
    },
  ];
}
