import { describe, expect, test } from 'vitest';
import { blockOfRow, packStrings, unpackStrings } from '../../src/map/format.js';
import { HOSTILE } from './fuzz.js';

describe('blocks of strings', () => {
  test('come back as they went, lone surrogates as U+FFFD', () => {
    const wanted = HOSTILE.map((text) => text.replace(/\p{Surrogate}/gu, '\ufffd'));
    expect(unpackStrings(packStrings(HOSTILE))).toEqual(wanted);
    expect(unpackStrings(packStrings([]))).toEqual([]);
  });

  test('do not join the halves of a pair across two texts', () => {
    expect(unpackStrings(packStrings(['a\ud83d', '\ude00b']))).toEqual(['a\ufffd', '\ufffdb']);
  });

  test('are found by their first rows', () => {
    const firsts = [0, 10, 11, 400];
    expect([0, 9, 10, 11, 399, 400, 9999].map((row) => blockOfRow(firsts, row))).toEqual([
      0, 0, 1, 2, 2, 3, 3,
    ]);
  });
});
