import { describe, expect, test } from 'vitest';
import {
  blockOfRow,
  packDecimals,
  packNeighbors,
  packStrings,
  unpackDecimals,
  unpackNeighbors,
  unpackStrings,
} from '../../src/map/format.js';
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

describe('blocks of numbers', () => {
  test('come back with the seven digits that clusters.csv has', () => {
    const values = [0, 1, -1, 0.1234567891, 1 / 3, 2.5e-7, 123_456.789, -4.2e9, 0.99999999, 1e-16];
    for (let i = 1; i < 2000; i++) values.push(Math.sin(i) ** 3, 1 / i, i * 1.000001);
    const back = unpackDecimals(packDecimals(values));
    expect([...back]).toEqual(values.map((value) => Number(value.toPrecision(7))));
    expect([...unpackDecimals(packDecimals([Number.NaN, Infinity, -0]))]).toEqual([Number.NaN, Infinity, 0]);
  });

  test.each([3, 70_000])('neighbours among %i rows come back, distances to a part in 65,535', (rows) => {
    const indices = Int32Array.of(0, rows - 1, -1, 2, 1, 0);
    const distances = Float32Array.of(0, 0.5, Infinity, 0.25, 1.5, 1e-6);
    const back = unpackNeighbors(packNeighbors(indices, distances, rows), rows);
    expect([...back.indices]).toEqual([...indices]);
    expect(back.distances[0]).toBe(0);
    expect(back.distances[4]).toBe(1.5);
    for (const i of [1, 3, 5]) expect(Math.abs(back.distances[i] - distances[i])).toBeLessThan(1.5 / 65_535);
  });
});
