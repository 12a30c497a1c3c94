import { expect, it } from 'vitest';
import { varint } from '../../src/binary/varint.js';

it.each([
  [0, [0]],
  [127, [127]],
  [128, [0x80, 1]],
  [300, [0xac, 2]],
  [2 ** 32, [0x80, 0x80, 0x80, 0x80, 16]],
  [2 ** 53 - 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 15]],
])('%d is written as protocol buffers write it', (value, bytes) => {
  expect(varint(value)).toEqual(bytes);
});
