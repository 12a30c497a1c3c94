import { describe, expect, it } from 'vitest';
import { batches } from '../../src/store/write.js';

describe('batches', () => {
  it('hold as many rows as both bounds allow', () => {
    const sizes = [5, 5, 5, 1, 1, 1, 1];
    const list = [...batches(sizes.length, (row) => sizes[row], { bytes: 10, most: 3 })];
    expect(list).toEqual([
      { from: 0, to: 2 },
      { from: 2, to: 5 },
      { from: 5, to: 7 },
    ]);
  });

  it('hold one row where a row alone is over the bound', () => {
    expect([...batches(3, () => 99, { bytes: 10 })].map(({ from, to }) => to - from)).toEqual([1, 1, 1]);
    expect([...batches(0, () => 1)]).toEqual([]);
  });

  it('stay far under 64 MB with the largest texts and vectors of 32,768 numbers', () => {
    const bytes = 32_768 * 4 + 65_535 * 3;
    for (const { from, to } of batches(1000, () => bytes))
      expect((to - from) * bytes).toBeLessThan(32 * 2 ** 20);
  });
});
