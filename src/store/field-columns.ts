import { UserError } from '../errors.js';
import type { Collection, Field } from './collection.js';
import { changeKeys } from './dynamic.js';
import { fitText } from './text.js';
import { dynamicColumn, dynamicTexts, type FieldData, type Scalar } from './wire.js';

/** Columns of a file that are stored as fields: values by name, a value a row. */
export type FileFields = Readonly<Record<string, readonly Scalar[]>>;

/** Ranges of the integer types, as schema.proto names these. */
export const INTEGERS: Readonly<Record<string, readonly [number, number]>> = {
  Int8: [-128, 127],
  Int16: [-32_768, 32_767],
  Int32: [-(2 ** 31), 2 ** 31 - 1],
  Int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

export const inRange = (value: number, [least, most]: readonly [number, number]): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** How a type's values travel: the list of schema.proto, and a value of it. */
const WIRE: Readonly<Record<string, { kind: string; of(value: Scalar): Scalar | Buffer }>> = {
  Bool: { kind: 'bool_data', of: Boolean },
  Int8: { kind: 'int_data', of: Number },
  Int16: { kind: 'int_data', of: Number },
  Int32: { kind: 'int_data', of: Number },
  Int64: { kind: 'long_data', of: (value) => String(value ?? 0) },
  Float: { kind: 'float_data', of: Number },
  Double: { kind: 'double_data', of: Number },
  VarChar: { kind: 'string_data', of: (value) => String(value ?? '') },
  JSON: { kind: 'json_data', of: (value) => Buffer.from(JSON.stringify(value)) },
};

/** A column with these values. Nothing is null in a nullable field, and zero or an empty text in others. */
export function fieldColumn(field: Field, values: readonly Scalar[]): FieldData {
  const { kind, of } = WIRE[field.type];
  const data = (field.nullable ? values.filter((value) => value !== null) : values).map(of);
  return {
    type: field.type,
    field_name: field.name,
    scalars: { [kind]: { data } },
    ...(field.nullable && { valid_data: values.map((value) => value !== null) }),
  };
}

/** Cells of a file as the field holds them. Texts that are too long are cut. */
function cellsFor(collection: Collection, field: Field, cells: readonly Scalar[]): Scalar[] {
  const most = Number(field.params.max_length ?? 65_535);
  return cells.map((cell, row) => {
    const isBlank = cell === null || (typeof cell === 'string' && cell.trim() === '');
    if (isBlank && field.nullable) return null;
    if (field.type === 'VarChar') return fitText(String(cell ?? ''), most);
    if (field.type === 'JSON') return cell;
    const value = isBlank ? undefined : cellAs(field.type, cell);
    if (value !== undefined) return value;
    throw new UserError(
      `field ${field.name} of ${collection.name} is ${article(field.type)}, and row ${row + 1} of the file has ${isBlank ? 'nothing' : JSON.stringify(cell)} there; leave it out of --fields, or mend the file`,
      { code: 'COLUMN_INVALID', option: 'store.fields' },
    );
  });
}

const article = (type: string) => `${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}`;

/** A cell as a value of a type; undefined where it is none. */
function cellAs(type: string, cell: Scalar): Scalar | undefined {
  if (type === 'Bool') {
    const word = String(cell).trim().toLowerCase();
    return { true: true, false: false, '1': true, '0': false }[word];
  }
  if (type === 'Int64' && typeof cell === 'string' && /^\s*[+-]?\d{1,18}\s*$/.test(cell))
    return BigInt(cell.trim()).toString();
  const number = Number(cell);
  const range = INTEGERS[type];
  if (range) return inRange(number, range) ? number : undefined;
  return Number.isFinite(number) ? number : undefined;
}

/** A collection's own field of this name; undefined for a dynamic one. */
export const schemaField = (collection: Collection, name: string): Field | undefined =>
  collection.fields.find((field) => field.name === name);

/**
 * File columns as the collection will hold them, checked before any work.
 *
 * @throws UserError for a field that the collection can't have, or a cell that isn't of the field's type
 */
export function storableFields(collection: Collection, fields: FileFields): FileFields {
  const entries = Object.entries(fields).map(([name, cells]) => {
    const field = schemaField(collection, name);
    if (!field && !collection.dynamic) {
      const known = collection.fields.map((candidate) => candidate.name).join(', ');
      throw new UserError(
        `collection ${collection.name} has no field ${name} and takes no dynamic fields; its fields: ${known}`,
        { code: 'STORE_MISSING', option: 'store.fields' },
      );
    }
    if (!field) return [name, cells] as const;
    const isOurs = [collection.idField, collection.vectorField, collection.textField].includes(name);
    if (isOurs || !(field.type in WIRE)) {
      throw new UserError(
        `field ${name} of ${collection.name} ${isOurs ? 'is filled by denscape' : `is ${article(field.type)}, which holds no cells of a file`}; leave it out of --fields`,
        { code: 'STORE_MISMATCH', option: 'store.fields' },
      );
    }
    return [name, cellsFor(collection, field, cells)] as const;
  });
  return Object.fromEntries(entries);
}

/** Values to set in whole rows. */
export interface Changes {
  /** By name; a dynamic field where the schema has none of that name. */
  fields: FileFields;
  /** JSON texts of further dynamic keys, made from the row's present ones. */
  keys?: (json: string, row: number) => ReadonlyMap<string, string | undefined>;
}

/** Whole rows with some fields changed; `at[i]` is the position of row i among the values. */
export function changedColumns(
  collection: Collection,
  columns: readonly FieldData[],
  at: Int32Array,
  { fields, keys }: Changes,
): FieldData[] {
  const names = Object.keys(fields);
  const pick = (name: string) => Array.from(at, (row) => fields[name][row]);
  const own = names.flatMap((name) => schemaField(collection, name) ?? []);
  const dynamic = names.filter((name) => !schemaField(collection, name));
  const replaced = new Set(own.map(({ name }) => name));
  let rest = columns.filter((column) => !replaced.has(column.field_name));
  if (dynamic.length > 0 || keys) {
    const values = dynamic.map((name) => [name, pick(name)] as const);
    const texts = dynamicTexts(columns, at.length).map((json, i) => {
      const set = values.map(([name, of]) => [name, JSON.stringify(of[i])] as const);
      return changeKeys(json, new Map([...set, ...(keys?.(json, at[i]) ?? [])]));
    });
    rest = rest.filter((column) => !column.is_dynamic && column.field_name !== '$meta');
    rest.push(dynamicColumn(texts));
  }
  return [...rest, ...own.map((field) => fieldColumn(field, pick(field.name)))];
}
