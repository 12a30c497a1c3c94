import { f16BytesToF32Array, f32ArrayToF16Bytes } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import {
  brainsToFloats,
  brainToFloat,
  floatToBrain,
  floatToHalf,
  halfToFloat,
  halvesToFloats,
} from '../../src/binary/halves.js';

describe('half floats', () => {
  it.each([
    [0, 0],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65520, 0x7c00], // rounds to infinity
    [2 ** -24, 1], // the smallest
    [2 ** -25, 0], // a tie, to even
    [2 ** -14, 0x0400],
    [1 + 2 ** -11, 0x3c00], // a tie, to even
    [1 + 3 * 2 ** -11, 0x3c02], // a tie, to even
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ])('%d is written as %d', (value, half) => {
    expect(floatToHalf(value)).toBe(half);
  });

  it('become the same numbers: normal, subnormal, infinite, not a number', () => {
    const half = [0x3c00, 0xc000, 0x3555, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7bff];
    expect(half.map(halfToFloat)).toEqual([1, -2, 0.333251953125, 2 ** -24, -0, Infinity, -Infinity, 65504]);
    expect(halfToFloat(0x7e00)).toBeNaN();
  });

  it('agree with the SDK for every one of the 65,536', () => {
    const halves = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const theirs = f16BytesToF32Array(new Uint8Array(halves.buffer)) as number[];
    for (let half = 0; half < 65_536; half++) expect(Object.is(halfToFloat(half), theirs[half])).toBe(true);
  });

  it('become many at once what each becomes alone, and what its sign, exponent and fraction say', () => {
    const halves = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const numbers = halvesToFloats(halves);
    for (let half = 0; half < 65_536; half++) {
      const sign = half & 0x8000 ? -1 : 1;
      const exponent = (half >> 10) & 31;
      const fraction = half & 1023;
      const special = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
      const finite =
        exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
      const expected = exponent === 31 ? special : finite;
      if (Object.is(numbers[half], expected) && Object.is(halfToFloat(half), expected)) continue;
      throw new Error(`${half} became ${numbers[half]} instead of ${expected}`);
    }
  });

  it('are rounded as the SDK rounds them', () => {
    const values = Array.from({ length: 2000 }, (_, i) => Math.sin(i) * 2 ** ((i % 40) - 25));
    const theirs = Buffer.from(f32ArrayToF16Bytes(values.map(Math.fround)));
    values.forEach((value, i) => {
      expect(floatToHalf(value)).toBe(theirs.readUInt16LE(i * 2));
    });
  });
});

describe('bfloat16', () => {
  it('is the upper half of a float32, rounded to even', () => {
    expect(floatToBrain(1)).toBe(0x3f80);
    expect(floatToBrain(1 + 2 ** -8)).toBe(0x3f80);
    expect(floatToBrain(1 + 3 * 2 ** -8)).toBe(0x3f82);
    expect(brainToFloat(0x3f81)).toBe(1 + 2 ** -7);
    expect(brainToFloat(floatToBrain(-3.140625))).toBe(-3.140625);
    expect(brainToFloat(floatToBrain(Number.NaN))).toBeNaN();
  });
  it('become many at once what each becomes alone', () => {
    const brains = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const numbers = brainsToFloats(brains);
    expect(brains.findIndex((brain) => !Object.is(numbers[brain], brainToFloat(brain)))).toBe(-1);
  });
});
