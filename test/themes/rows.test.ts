import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnitRows } from '../../src/themes/rows.js';
import { seeded } from './data.js';

const ROWS = 700;

function madeUp(cols: number) {
  const random = seeded(cols);
  const data = Float32Array.from({ length: ROWS * cols }, () => random() - 0.5);
  data[3 * cols] = Number.NaN;
  data.fill(0, 5 * cols, 6 * cols);
  const labels = Int32Array.from({ length: ROWS }, () => Math.floor(random() * 6) - 1);
  return { vectors: { data, rows: ROWS, cols }, labels };
}

/** Rows of length 1 as float32, summed one after the other in float64. */
function plainSums({ data, cols }: { data: Float32Array; cols: number }, labels: Int32Array): Float64Array {
  const total = new Float64Array(5 * cols);
  for (const [row, label] of labels.entries()) {
    if (label < 0) continue;
    const own = data.subarray(row * cols, (row + 1) * cols);
    const squares = own.reduce((sum, value) => sum + value * value, 0);
    const scale = squares > 0 && Number.isFinite(squares) ? 1 / Math.sqrt(squares) : 0;
    for (let t = 0; t < cols; t++) if (scale > 0) total[label * cols + t] += Math.fround(own[t] * scale);
  }
  return total;
}

test.each([1, 6, 32, 37, 100])(
  'sums of %i columns equal those of a plain loop to the bit, on one thread and on two',
  async (cols) => {
    const { vectors, labels } = madeUp(cols);
    const expected = plainSums(vectors, labels);
    for (const threads of [1, 2]) {
      const rows = await UnitRows.open(vectors, 1, threads);
      try {
        const { total, size } = await rows.sums(labels, 5);
        expect(total).toEqual(expected);
        expect(size.reduce((sum, count) => sum + count, 0)).toBe(labels.filter((label) => label >= 0).length);
      } finally {
        rows.close();
      }
    }
  },
);

test('sums of fewer labels than rows are those of the first rows', async () => {
  const { vectors, labels } = madeUp(20);
  const rows = await UnitRows.open(vectors, 1, 1);
  try {
    const { total } = await rows.sums(labels.slice(0, 100), 5);
    expect(total).toEqual(plainSums(vectors, labels.slice(0, 100)));
  } finally {
    rows.close();
  }
});

describe('further columns', () => {
  const vectors = { data: Float32Array.of(3, 0, 0, 2, 0, 0, 1, 1, 5, 0), rows: 5, cols: 2 };
  const further = { data: Float32Array.of(0.5, 0.5, 0, -0.5, -0.5), rows: 5, cols: 1 };
  const labels = Int32Array.of(0, 0, -1, 1, 1);
  let rows: UnitRows;

  beforeAll(async () => {
    rows = await UnitRows.open(vectors, 1, 1, further);
  });
  afterAll(() => rows.close());

  test('follow the unit vectors in sums', async () => {
    expect(rows.width).toBe(3);
    const { total, size } = await rows.sums(labels, 2);
    const half = Math.fround(Math.SQRT1_2);
    expect(total).toEqual(Float64Array.of(1, 1, 1, 1 + half, half, -1));
    expect(size).toEqual(Int32Array.of(2, 2));
  });

  test('count in distances to means', async () => {
    const found = await rows.nearestMean(await rows.sums(labels, 2));
    // The last row has the direction of the first, and the further column of the fourth.
    expect(found.labels).toEqual(Int32Array.of(0, 0, 0, 1, 1));
    // About (0.5, 0.5, 0.5) and (0.854, 0.354, −0.5).
    expect(found.own[0]).toBeCloseTo(0.5, 6);
    expect(found.next[0]).toBeCloseTo((1 - 0.8535534) ** 2 + 0.3535534 ** 2 + 1, 6);
    expect(found.own[2]).toBeCloseTo(0.75, 6);
  });

  test('count in no cosine', async () => {
    const plain = await UnitRows.open(vectors, 1, 1);
    try {
      const { total } = await rows.sums(labels, 2);
      const { total: own } = await plain.sums(labels, 2);
      expect(await rows.nearest(total, 2)).toEqual(await plain.nearest(own, 2));
      expect(await rows.cosines(total, labels)).toEqual(await plain.cosines(own, labels));
      const sample = Int32Array.of(0, 3, 4);
      expect(await rows.cosinesOf(sample)).toEqual(await plain.cosinesOf(sample));
    } finally {
      plain.close();
    }
  });

  test('a group without rows is nearest to none', async () => {
    const found = await rows.nearestMean(await rows.sums(labels, 3));
    expect(found.labels.includes(2)).toBe(false);
  });
});

test('nearest means and distances are those of a plain loop, and the same bytes on two threads', async () => {
  const { vectors, labels } = madeUp(37);
  const further = madeUp(3).vectors;
  further.data.fill(0.25, 3 * 3, 6 * 3);
  const [one, two] = [
    await UnitRows.open(vectors, 1, 1, further),
    await UnitRows.open(vectors, 1, 2, further),
  ];
  try {
    const sums = await one.sums(labels, 5);
    const found = await one.nearestMean(sums);
    expect(await two.nearestMean(sums)).toEqual(found);
    const each = Int32Array.from({ length: ROWS }, (_, row) => row);
    const { total: rows } = await one.sums(each, ROWS);
    for (let row = 0; row < ROWS; row++) {
      const distances = Array.from(sums.size, (size, group) => {
        let squared = 0;
        for (let t = 0; t < one.width; t++)
          squared += (rows[row * one.width + t] - sums.total[group * one.width + t] / size) ** 2;
        return squared;
      });
      const sorted = [...distances].sort((a, b) => a - b);
      expect(found.own[row]).toBeCloseTo(sorted[0], 5);
      expect(found.next[row]).toBeCloseTo(sorted[1], 5);
      expect(distances[found.labels[row]]).toBeCloseTo(sorted[0], 5);
    }
  } finally {
    one.close();
    two.close();
  }
});
