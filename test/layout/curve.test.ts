import { expect, test } from 'vitest';
import { fitCurve } from '../../src/layout/curve.js';

test.each([
  // minDist, spread, a, b: the values that umap-learn 0.5.12 finds
  [0.1, 1, 1.5769434, 0.8950608],
  [0, 1, 1.9328084, 0.7904949],
  [0.5, 1, 0.58303, 1.3341669],
  [0.1, 2, 0.5446605, 0.8420554],
])('minDist %f and spread %f give the published curve', (minDist, spread, a, b) => {
  const curve = fitCurve(minDist, spread);
  expect(curve.a).toBeCloseTo(a, 4);
  expect(curve.b).toBeCloseTo(b, 4);
});
