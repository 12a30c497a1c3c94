import { brainToFloat, floatToBrain, floatToHalf, halfToFloat } from '../binary/halves.js';
import { littleEndian } from '../binary/little-endian.js';
import { varint } from '../binary/varint.js';

/**
 * Milvus' columns as they travel (schema.proto's FieldData, read with oneofs named and 64-bit numbers as decimal
 * strings), and their conversion to flat arrays. Columns stay columns: no object per row.
 */

export interface FieldData {
  type: string | number;
  field_name: string;
  field?: 'scalars' | 'vectors' | string;
  scalars?: { data?: string } & Record<string, unknown>;
  vectors?: VectorData | null;
  is_dynamic?: boolean;
  /** Of a nullable field: which rows have a value. Empty: all. */
  valid_data?: boolean[];
}
interface VectorData {
  dim: string | number;
  data?: string;
  /** As numbers from the server; to it, `writeRequest` copies the bytes. */
  float_vector?: { data: number[] | Float32Array };
  float16_vector?: Uint8Array;
  bfloat16_vector?: Uint8Array;
  sparse_float_vector?: { contents: Uint8Array[]; dim: number };
}

/** Types of vectors that become float32 numbers. */
export type VectorType = 'FloatVector' | 'Float16Vector' | 'BFloat16Vector';
export const VECTOR_TYPES: readonly VectorType[] = ['FloatVector', 'Float16Vector', 'BFloat16Vector'];

/** Milvus' number of a type (schema.proto, DataType); the placeholder types of a search are the same numbers. */
export const TYPE_NUMBER = {
  Int64: 5,
  VarChar: 21,
  FloatVector: 101,
  Float16Vector: 102,
  BFloat16Vector: 103,
  SparseFloatVector: 104,
} as const;

/** A value of a scalar field; JSON and arrays as JSON text. */
export type Scalar = string | number | boolean | null;

export function int64Column(name: string, ids: readonly string[]): FieldData {
  return { type: TYPE_NUMBER.Int64, field_name: name, scalars: { long_data: { data: ids } } };
}

export function varcharColumn(name: string, texts: readonly string[]): FieldData {
  return { type: TYPE_NUMBER.VarChar, field_name: name, scalars: { string_data: { data: texts } } };
}

/** The JSON of each row's dynamic fields; empty where a row has none. */
export function dynamicTexts(columns: readonly FieldData[], rows: number): string[] {
  return jsonTexts(
    columns.find((column) => column.is_dynamic || column.field_name === '$meta'),
    rows,
  );
}

/** The texts of a column of JSON; empty where a row has none. */
export function jsonTexts(column: FieldData | undefined, rows: number): string[] {
  const { data = [] } = (column?.scalars?.json_data ?? {}) as { data?: Uint8Array[] };
  const texts = data.map((bytes) => Buffer.from(bytes ?? []).toString('utf8'));
  const valid = column?.valid_data ?? [];
  // Servers either omit null values or send a filler for them.
  const isShort = valid.length > 0 && texts.length < valid.length;
  let next = 0;
  return Array.from({ length: rows }, (_, row) =>
    valid.length > 0 && !valid[row] ? '' : (texts[isShort ? next++ : row] ?? ''),
  );
}

/** Dynamic fields of rows, from the JSON of each. */
export function dynamicColumn(texts: readonly string[]): FieldData {
  return {
    type: 'JSON',
    field_name: '$meta',
    is_dynamic: true,
    scalars: { json_data: { data: texts.map((text) => Buffer.from(text)) } },
  };
}

/** Rows `from` to `to` of row-major vectors as a column of the collection's vector type. */
export function vectorColumn(
  name: string,
  type: VectorType,
  data: Float32Array,
  dim: number,
  from: number,
  to: number,
): FieldData {
  const part = data.subarray(from * dim, to * dim);
  const vectors =
    type === 'FloatVector'
      ? { dim, float_vector: { data: part } }
      : type === 'Float16Vector'
        ? { dim, float16_vector: halves(part, floatToHalf) }
        : { dim, bfloat16_vector: halves(part, floatToBrain) };
  return { type: TYPE_NUMBER[type], field_name: name, vectors };
}

/** Copies a column of vectors into row-major float32, row r of the response to row `rowOf(r)`. */
export function readVectorColumn(
  column: FieldData,
  dim: number,
  into: Float32Array,
  rowOf: (row: number) => number,
): void {
  const { vectors } = column;
  if (!vectors) throw new Error(`${column.field_name} came without vectors`);
  const floats = vectors.float_vector?.data;
  const half = vectors.data === 'float16_vector' ? vectors.float16_vector : undefined;
  const brain = vectors.data === 'bfloat16_vector' ? vectors.bfloat16_vector : undefined;
  const bytes = half ?? brain;
  const rows = floats ? floats.length / dim : (bytes?.length ?? 0) / (2 * dim);
  const view = bytes && new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const widen = half ? halfToFloat : brainToFloat;
  for (let row = 0; row < rows; row++) {
    const target = rowOf(row) * dim;
    if (target < 0) continue;
    const source = row * dim;
    if (floats) for (let j = 0; j < dim; j++) into[target + j] = floats[source + j];
    else if (view)
      for (let j = 0; j < dim; j++) into[target + j] = widen(view.getUint16((source + j) * 2, true));
  }
}

/** A scalar column as plain values. */
export function readScalarColumn(column: FieldData): Scalar[] {
  const kind = column.scalars?.data;
  const holder = kind ? (column.scalars?.[kind] as { data?: unknown[] } | undefined) : undefined;
  const values = (holder?.data ?? []).map((value) => plain(value, kind));
  const valid = column.valid_data ?? [];
  if (valid.length === 0 || valid.every(Boolean)) return values;
  // Servers either omit null values or send a filler for them.
  if (values.length === valid.length) return values.map((value, row) => (valid[row] ? value : null));
  let next = 0;
  return valid.map((there) => (there ? values[next++] : null));
}

function plain(value: unknown, kind: string | undefined): Scalar {
  if (value === null || value === undefined) return null;
  if (kind === 'json_data') {
    const text = Buffer.from(value as Uint8Array).toString('utf8');
    try {
      const parsed: unknown = JSON.parse(text);
      return typeof parsed === 'object' ? text : (parsed as Scalar);
    } catch {
      return text;
    }
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (kind === 'array_data') {
    const inner = value as { data?: string } & Record<string, { data?: unknown[] }>;
    const values = inner.data ? (inner[inner.data]?.data ?? []) : [];
    // 64-bit numbers travel as text, and may be more than a double holds.
    return inner.data === 'long_data' ? `[${values.join(',')}]` : JSON.stringify(values);
  }
  return JSON.stringify(value);
}

export interface Ids {
  id_field?: string;
  int_id?: { data: string[] };
  str_id?: { data: string[] };
}
export const idsOf = (ids: Ids | null | undefined): string[] => ids?.int_id?.data ?? ids?.str_id?.data ?? [];

/**
 * The queries of a search: common.proto's PlaceholderGroup with one value of bytes a query.
 * | 1: placeholders | 1: tag "$0" | 2: type | 3: bytes … |
 */
export function placeholderGroup(type: keyof typeof TYPE_NUMBER, queries: readonly Uint8Array[]): Buffer {
  const head = [0x0a, 2, 0x24, 0x30, 0x10, ...varint(TYPE_NUMBER[type])];
  const values = queries.flatMap((bytes) => [Uint8Array.of(0x1a, ...varint(bytes.length)), bytes]);
  const length = values.reduce((sum, part) => sum + part.length, head.length);
  return Buffer.concat([Uint8Array.of(0x0a, ...varint(length), ...head), ...values]);
}

/** A vector as the queries of a search hold it. */
export function vectorBytes(type: VectorType, vector: Float32Array): Uint8Array {
  if (type !== 'FloatVector') return halves(vector, type === 'Float16Vector' ? floatToHalf : floatToBrain);
  return littleEndian(vector);
}

function halves(values: Float32Array, narrow: (value: number) => number): Buffer {
  const out = Buffer.allocUnsafe(values.length * 2);
  for (let i = 0; i < values.length; i++) out.writeUInt16LE(narrow(values[i]), i * 2);
  return out;
}
