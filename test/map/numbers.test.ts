import { describe, expect, test } from 'vitest';
import { fromPlanes, packIntegers, toPlanes, unpackIntegers } from '../../src/map/numbers.js';

describe('numbers by places of their bytes', () => {
  test('the first bytes of all come first, and all come back', () => {
    expect([...toPlanes(Uint16Array.of(0x0102, 0x0304, 0x0506), 2)]).toEqual([2, 4, 6, 1, 3, 5]);
    const values = Float64Array.of(1 / 3, -0, Number.NaN, Infinity, 1e300);
    expect(new Float64Array(fromPlanes(toPlanes(values, 8), 8).buffer)).toEqual(values);
    // A part of a larger array.
    const part = Float32Array.of(9, 1.5, -2.5, 9).subarray(1, 3);
    expect(new Float32Array(fromPlanes(toPlanes(part, 4), 4).buffer)).toEqual(Float32Array.of(1.5, -2.5));
  });
});

describe('whole numbers', () => {
  test.each([
    ['none', [], 5],
    ['one', [7], 6],
    ['of a byte from -1 on', [-1, 0, 254], 5 + 3],
    ['of two bytes', [-1, 255, 65_534], 5 + 2 * 3],
    ['of three bytes', [5, 5 + 2 ** 24 - 1], 5 + 3 * 2],
    ['of four bytes', [-(2 ** 31), 2 ** 31 - 1, 0], 5 + 4 * 3],
  ])('%s come back, in no more bytes than they need', (_, values, bytes) => {
    const packed = packIntegers(Int32Array.from(values));
    expect(packed.length).toBe(bytes);
    expect([...unpackIntegers(packed)]).toEqual(values);
  });

  test('a block that is not there holds none', () => {
    expect(unpackIntegers(new Uint8Array(0)).length).toBe(0);
  });
});
