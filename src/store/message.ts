import { littleEndian } from '../binary/little-endian.js';
import { varint } from '../binary/varint.js';
import type { FieldData } from './wire.js';

/** Field numbers and wire types of milvus.proto and schema.proto, as the byte that precedes each field. */
const TAG = {
  fieldsData: 0x2a, // 5 of InsertRequest and of UpsertRequest
  type: 0x08, // 1 of FieldData
  fieldName: 0x12, // 2
  vectors: 0x22, // 4
  dim: 0x08, // 1 of VectorField
  floatVector: 0x12, // 2
  data: 0x0a, // 1 of FloatArray, packed
} as const;

/**
 * A request as it travels. The SDK's encoder checks, converts and queues each number of a vector by itself, which takes
 * longer than the server needs to store it; so columns of float32 vectors are copied as bytes behind what the encoder
 * made of the rest. Elements of a repeated field may be written in any place of a message.
 *
 * @param encode the SDK's encoder of this request
 */
export function writeRequest(encode: (request: object) => Buffer, request: object): Buffer {
  const columns = (request as { fields_data?: unknown }).fields_data;
  if (!Array.isArray(columns)) return encode(request);
  const rest: FieldData[] = [];
  const parts: Uint8Array[] = [];
  for (const column of columns as FieldData[]) {
    const floats = column.vectors?.float_vector?.data;
    if (floats instanceof Float32Array) parts.push(...floatColumn(column, floats));
    else rest.push(column);
  }
  if (parts.length === 0) return encode(request);
  return Buffer.concat([encode({ ...request, fields_data: rest }), ...parts]);
}

/** | fields_data | type, name | vectors | dim | float_vector | data |, each message after its length. */
function floatColumn({ type, field_name, vectors }: FieldData, floats: Float32Array): Uint8Array[] {
  const numbers = littleEndian(floats);
  const name = Buffer.from(field_name);
  const inner = [TAG.data, ...varint(numbers.length)];
  const array = [TAG.floatVector, ...varint(inner.length + numbers.length), ...inner];
  const vector = [TAG.dim, ...varint(Number(vectors?.dim)), ...array];
  const head = [TAG.type, ...varint(Number(type)), TAG.fieldName, ...varint(name.length), ...name];
  const body = [...head, TAG.vectors, ...varint(vector.length + numbers.length), ...vector];
  return [Uint8Array.of(TAG.fieldsData, ...varint(body.length + numbers.length), ...body), numbers];
}
