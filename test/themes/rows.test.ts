import { expect, test } from 'vitest';
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
