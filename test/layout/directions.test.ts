import { expect, test } from 'vitest';
import { withAveragedPool } from '../../src/layout/averaged-module.js';
import { putRows } from '../../src/layout/averages.js';
import { directionsOf } from '../../src/layout/directions.js';
import { seededRandom } from '../../src/layout/random.js';
import type { Matrix } from '../../src/shapes.js';

const directionsIn = (matrix: Matrix, threads: number) =>
  withAveragedPool(threads, (pool) => {
    const every = Int32Array.from({ length: matrix.rows }, (_, row) => row);
    return directionsOf(pool, putRows(pool, matrix, every));
  });

/** 400 rows of 13 columns with a mean, whose column c has a standard deviation of 13 ÷ (1 + c). */
function falling() {
  const [rows, cols] = [400, 13];
  const random = seededRandom(5);
  const data = Float32Array.from(
    { length: rows * cols },
    (_, at) => 3 + (cols / (1 + (at % cols))) * random.normal(),
  );
  return { data, rows, cols };
}

test('the directions of most variance are found in their order, at right angles, on any number of threads', async () => {
  const matrix = falling();
  const found = await directionsIn(matrix, 1);
  expect(await directionsIn(matrix, 2)).toEqual(found);
  for (const value of found.mean) expect(Math.abs(value - 3)).toBeLessThan(2.5);
  for (let d = 0; d < 3; d++) {
    const own = found.directions.subarray(13 * d, 13 * (d + 1));
    expect(Math.abs(own[d])).toBeGreaterThan(0.95);
    expect(Math.hypot(...own)).toBeCloseTo(1, 9);
    for (let e = 0; e < d; e++) {
      const dot = own.reduce((sum, value, c) => sum + value * found.directions[13 * e + c], 0);
      expect(dot).toBeCloseTo(0, 9);
    }
  }
});

test('directions beyond those of the rows are zeros', async () => {
  const matrix = { data: Float32Array.of(1, 0, -1, 0, 2, 0, -2, 0), rows: 4, cols: 2 };
  const { directions } = await directionsIn(matrix, 1);
  expect(Math.abs(directions[0])).toBeCloseTo(1, 9);
  expect(directions.subarray(4).every((value) => value === 0)).toBe(true);
});
