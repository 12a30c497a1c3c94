import { describe, expect, test } from 'vitest';
import { fromBase91, toBase91 } from '../../src/map/base91.js';

const textOf = (bytes: Uint8Array) => Buffer.from(toBase91(bytes)).toString('latin1');

describe('bytes as text', () => {
  test('come back at every length, whatever their last bits are', () => {
    for (let length = 0; length < 80; length++)
      for (const fill of [0, 1, 0x7f, 0x80, 0xff]) {
        const bytes = Uint8Array.from({ length }, (_, i) => (i % 3 === 0 ? fill : (i * 97 + fill) & 255));
        expect(fromBase91(textOf(bytes))).toEqual(bytes);
      }
  });

  test('take 16 characters for 13 bytes, none of which HTML or quotes would change', () => {
    const bytes = Uint8Array.from({ length: 130_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24);
    const text = textOf(bytes);
    expect(text.length).toBe(160_000);
    expect(new Set(text).size).toBe(91);
    expect(text).not.toMatch(/[^!-~]|[<&"]/);
    expect(fromBase91(text)).toEqual(bytes);
  });
});
