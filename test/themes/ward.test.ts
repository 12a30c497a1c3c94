import { describe, expect, test } from 'vitest';
import { cutMerges, ward } from '../../src/themes/ward.js';
import { seeded } from './data.js';

/** Scalar products of points on a line or in a plane. */
const productsOf = (points: number[][]): Float32Array =>
  Float32Array.from(points.flatMap((a) => points.map((b) => a.reduce((sum, x, t) => sum + x * b[t], 0))));

/** Sum over groups of squared distances from the weighted mean. */
function withinSquares(points: number[][], size: number[], group: Int32Array): number {
  let sum = 0;
  for (const label of new Set(group)) {
    const members = [...points.keys()].filter((i) => group[i] === label);
    const weight = members.reduce((all, i) => all + size[i], 0);
    const mean = points[0].map(
      (_, t) => members.reduce((all, i) => all + size[i] * points[i][t], 0) / weight,
    );
    for (const i of members) sum += size[i] * points[i].reduce((all, x, t) => all + (x - mean[t]) ** 2, 0);
  }
  return sum;
}

describe('ward', () => {
  test('four points on a line merge nearest first, with the cost that the formula gives', () => {
    const merges = ward(productsOf([[0], [1], [5], [7]]), [1, 1, 1, 1]);
    expect(Array.from(merges.left)).toEqual([0, 2, 4]);
    expect(Array.from(merges.right)).toEqual([1, 3, 5]);
    expect(merges.cost[0]).toBeCloseTo(0.5);
    expect(merges.cost[1]).toBeCloseTo(2);
    expect(merges.cost[2]).toBeCloseTo(((2 * 2) / 4) * 5.5 ** 2);
  });

  test('a heavy point is joined later than a light one at the same distance', () => {
    const merges = ward(productsOf([[0], [1], [2]]), [1, 1, 10]);
    expect([merges.left[0], merges.right[0]]).toEqual([0, 1]);
  });

  test('the costs of merges add up to the squares within groups at every level', () => {
    const random = seeded(3);
    const points = Array.from({ length: 24 }, () => [random() * 9, random() * 9]);
    const size = Array.from({ length: 24 }, () => 1 + Math.floor(random() * 5));
    const merges = ward(productsOf(points), size);
    let sum = 0;
    for (let t = 0; t < 23; t++) {
      sum += merges.cost[t];
      expect(withinSquares(points, size, cutMerges(merges, 23 - t))).toBeCloseTo(sum, 1);
    }
  });

  test('every merge is the cheapest that there is', () => {
    const random = seeded(5);
    const points = Array.from({ length: 12 }, () => [random() * 9, random() * 9]);
    const size = Array.from({ length: 12 }, () => 1 + Math.floor(random() * 3));
    const merges = ward(productsOf(points), size);
    for (let groups = 12; groups > 1; groups--) {
      const now = cutMerges(merges, groups);
      const before = withinSquares(points, size, now);
      const others = [];
      for (let a = 0; a < groups; a++) {
        for (let b = 0; b < a; b++) {
          others.push(
            withinSquares(
              points,
              size,
              now.map((group) => (group === a ? b : group)),
            ),
          );
        }
      }
      const next = withinSquares(points, size, cutMerges(merges, groups - 1));
      expect(next - before).toBeCloseTo(Math.min(...others) - before, 2);
    }
  });

  test('equal points and a single point are merged without a loop', () => {
    expect(Array.from(cutMerges(ward(productsOf([[1], [1], [1], [1]]), [1, 1, 1, 1]), 2)).length).toBe(4);
    expect(Array.from(cutMerges(ward(productsOf([[1]]), [1]), 1))).toEqual([0]);
  });
});

test('a cut has exactly the number of groups that is given, numbered by their first leaves', () => {
  const merges = ward(productsOf([[9], [0], [1], [10], [5]]), [1, 1, 1, 1, 1]);
  for (let groups = 1; groups <= 5; groups++) expect(new Set(cutMerges(merges, groups)).size).toBe(groups);
  expect(Array.from(cutMerges(merges, 3))).toEqual([0, 1, 1, 0, 2]);
});
