import { expect, test } from 'vitest';
import { symmetricEigen } from '../../src/layout/eigen.js';
import { layout } from '../../src/layout/index.js';

test('a 2 × 2 matrix has the eigenvectors worked out by hand', () => {
  const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
  expect([...values]).toEqual([expect.closeTo(3, 12), expect.closeTo(1, 12)]);
  expect(vectors[0] / vectors[2]).toBeCloseTo(1, 12);
  expect(vectors[1] / vectors[3]).toBeCloseTo(-1, 12);
});

/** A ring in which each row's neighbours are the nearest on both sides. */
function ring(rows: number, reach: number) {
  const neighbors = 2 * reach;
  const indices = new Int32Array(rows * neighbors);
  const distances = new Float32Array(rows * neighbors);
  for (let i = 0; i < rows; i++) {
    for (let step = 1; step <= reach; step++) {
      for (const [side, sign] of [1, -1].entries()) {
        const at = i * neighbors + 2 * (step - 1) + side;
        indices[at] = (i + sign * step + rows) % rows;
        distances[at] = step;
      }
    }
  }
  return { indices, distances, rows, neighbors };
}

test.each([40, 400])('a ring of %i rows starts as a circle', async (rows) => {
  // Its first two eigenvectors are a sine and a cosine: every point is equally far from the middle.
  const { points, init } = await layout(ring(rows, 3), { epochs: 0 });
  expect(init).toEqual({ used: 'spectral', why: 'requested' });
  for (let i = 0; i < rows; i++) {
    const radius = Math.hypot(points[2 * i], points[2 * i + 1]);
    expect(radius).toBeGreaterThan(4.8);
    expect(radius).toBeLessThan(5.2);
  }
});
