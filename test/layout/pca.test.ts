import { expect, test } from 'vitest';
import { principalCoordinates } from '../../src/layout/pca.js';
import { seededRandom } from '../../src/layout/random.js';
import { abortedAtFirstPause } from '../helpers/pauses.js';

/** Rows on a line in `cols` dimensions, with a little noise. */
function line(rows: number, cols: number) {
  const random = seededRandom(3);
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < cols; c++) data[row * cols + c] = row * (c + 1) + 0.01 * random.normal();
  }
  return { data, rows, cols };
}

test('the first coordinate is the place on the line that the rows lie on', async () => {
  const rows = 50;
  const found = await principalCoordinates(line(rows, 4), 2, seededRandom(1));
  const step = Math.abs(found[2] - found[0]);
  // A step on the line is (1, 2, 3, 4).
  expect(step).toBeCloseTo(Math.sqrt(30), 1);
  for (let row = 1; row < rows; row++)
    expect(Math.abs(found[2 * row] - found[2 * (row - 1)])).toBeCloseTo(step, 1);
});

test('many rows leave the event loop its turns, and an abort is heard', async () => {
  const reason = new Error('enough');
  const abort = abortedAtFirstPause(reason);
  await expect(principalCoordinates(line(20_000, 128), 2, seededRandom(1), abort.signal)).rejects.toBe(
    reason,
  );
});
