import { expect, it } from 'vitest';
import {
  bytesField,
  fieldsOf,
  floatField,
  integerField,
  integersOf,
  lengthPrefix,
  NotProtobuf,
} from '../../src/binary/protobuf.js';

it('integers of either sign are read as they were written', () => {
  const values = [0, 1, 127, 128, 300, 2 ** 31, Number.MAX_SAFE_INTEGER, -1, -128, Number.MIN_SAFE_INTEGER];
  const message = Buffer.concat(values.map((value) => integerField(3, value)));
  expect([...fieldsOf(message)].map(({ number, value }) => [number, value])).toEqual(
    values.map((value) => [3, value]),
  );
});

it('is written as the specification’s examples are', () => {
  expect(integerField(1, 150).toString('hex')).toBe('089601');
  expect(bytesField(2, 'testing').toString('hex')).toBe('120774657374696e67');
  expect(integerField(1, -2).toString('hex')).toBe('08feffffffffffffffff01');
  expect(floatField(4, 1.5).toString('hex')).toBe('250000c03f');
  expect(lengthPrefix(7, 300).toString('hex')).toBe('3aac02');
});

it('packed integers are read one by one', () => {
  const packed = bytesField(4, Buffer.from('038e029ea705', 'hex'));
  expect([...fieldsOf(packed)].flatMap(integersOf)).toEqual([3, 270, 86942]);
  expect([...fieldsOf(integerField(4, 7))].flatMap(integersOf)).toEqual([7]);
});

it.each([
  ['a number that breaks off', '0896'],
  ['a field that is longer than the message', '120774'],
  ['a group, which nobody writes any more', '0b'],
  ['a number of eleven bytes', `08${'ff'.repeat(11)}`],
])('%s is refused', (_, hex) => {
  expect(() => [...fieldsOf(Buffer.from(hex, 'hex'))]).toThrow(NotProtobuf);
});
