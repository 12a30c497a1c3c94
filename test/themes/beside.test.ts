import { expect, test } from 'vitest';
import type { Matrix } from '../../src/shapes.js';
import { layoutBeside } from '../../src/themes/beside.js';

const matrix = (cols: number, ...numbers: number[]): Matrix => ({
  data: Float32Array.from(numbers),
  rows: numbers.length / cols,
  cols,
});

/** Two opposite unit vectors, twice each: their mean is zero and their spread 1. */
const opposite = matrix(2, 1, 0, -1, 0, 0, 1, 0, -1);

test('the layout is moved to its mean and scaled to a twentieth of the spread of the vectors', () => {
  const found = layoutBeside(matrix(1, 10, 12, 14, 16), opposite);
  // About 13 the places are −3, −1, 1 and 3, of mean square 5; a twentieth of 1 is 0.05, a hundredth of that.
  expect(found?.data).toEqual(Float32Array.of(-0.3, -0.1, 0.1, 0.3));
  expect(found).toMatchObject({ rows: 4, cols: 1 });
});

test('the size of the layout and of the vectors changes nothing', () => {
  const large = matrix(2, 5, 0, -7, 0, 0, 2, 0, -9);
  expect(layoutBeside(matrix(1, 1000, 1200, 1400, 1600), large)).toEqual(
    layoutBeside(matrix(1, 10, 12, 14, 16), opposite),
  );
});

test('a row without a place lies at the mean and changes none of the others', () => {
  const found = layoutBeside(
    matrix(1, 10, Number.NaN, 12, 14, 16),
    matrix(2, 1, 0, 0, 0, -1, 0, 0, 1, 0, -1),
  );
  expect(found?.data[1]).toBe(0);
  const [first, , second] = found?.data ?? [];
  expect(first / second).toBeCloseTo(3, 5);
});

test.each([
  ['places', matrix(1, 3, 3, 3, 3), opposite],
  ['vectors', matrix(1, 1, 2, 3, 4), matrix(2, 1, 0, 2, 0, 3, 0, 4, 0)],
  ['vectors of length 0', matrix(1, 1, 2), matrix(2, 0, 0, 0, 0)],
])('nothing is compared where all %s are equal', (_, layout, vectors) => {
  expect(layoutBeside(layout, vectors)).toBeUndefined();
});
