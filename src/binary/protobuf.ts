import { varint } from './varint.js';

/** One field of a message, tag included. `number` is the field's number in the .proto file. */
export function bytesField(number: number, content: Uint8Array | string): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([Buffer.from(varint(number * 8 + 2)), Buffer.from(varint(bytes.length)), bytes]);
}

/** A tag and the length of what follows, where the content itself is written by somebody else. */
export const lengthPrefix = (number: number, length: number): Buffer =>
  Buffer.from([...varint(number * 8 + 2), ...varint(length)]);

/** An integer of type int32, int64 or an enumeration; safe integers only. */
export function integerField(number: number, value: number): Buffer {
  if (value >= 0) return Buffer.from([...varint(number * 8), ...varint(value)]);
  // Negative ones are written as 64-bit two's complement, ten bytes.
  const bytes = varint(number * 8);
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

export function floatField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([Buffer.from(varint(number * 8 + 5)), bytes]);
}

/** A field as it is read: `bytes` of a length-delimited or a fixed one, `value` of an integer. */
export interface Field {
  number: number;
  bytes: Buffer;
  value: number;
}

/** The message breaks off, or is none. */
export class NotProtobuf extends Error {}

/** The fields of a message in memory, in order; fields of unknown numbers are the caller's to leave out. */
export function* fieldsOf(message: Buffer): Generator<Field> {
  const reader = { message, at: 0 };
  // Made here and not with the module, which is also loaded where there is no Buffer.
  const none = Buffer.alloc(0);
  while (reader.at < message.length) {
    const tag = Number(readVarint(reader));
    const wire = tag % 8;
    const number = Math.floor(tag / 8);
    if (wire === 0) {
      yield { number, bytes: none, value: Number(BigInt.asIntN(64, readVarint(reader))) };
      continue;
    }
    const length = wire === 2 ? Number(readVarint(reader)) : wire === 5 ? 4 : wire === 1 ? 8 : -1;
    const end = reader.at + length;
    if (length < 0 || end > message.length) throw new NotProtobuf(`field ${number} is not whole`);
    yield { number, bytes: message.subarray(reader.at, end), value: 0 };
    reader.at = end;
  }
}

/** Integers of a repeated field: packed in one, or one that stands alone. */
export function integersOf(field: Field): number[] {
  if (field.bytes.length === 0) return [field.value];
  const reader = { message: field.bytes, at: 0 };
  const values: number[] = [];
  while (reader.at < field.bytes.length) values.push(Number(BigInt.asIntN(64, readVarint(reader))));
  return values;
}

function readVarint(reader: { message: Buffer; at: number }): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.message[reader.at];
    if (byte === undefined) throw new NotProtobuf('a number breaks off');
    reader.at++;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
  throw new NotProtobuf('a number has more than ten bytes');
}
