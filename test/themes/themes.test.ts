import { expect, test } from 'vitest';
import { neighborsAmongFirst } from '../../src/themes/themes.js';
import { bruteForce, clustered } from '../neighbors/reference.js';

test('neighbours among the first rows are those of a search among them, or none where lists are too short', () => {
  const points = clustered(300, 8, 17);
  const lists = bruteForce(points, 60);
  const first = { data: points.data.subarray(0, 150 * 8), rows: 150, cols: 8 };
  expect(neighborsAmongFirst(lists, 150, 10)).toEqual(bruteForce(first, 10));
  expect(neighborsAmongFirst(lists, 150, 50)).toBeUndefined();
  const { indices } = lists;
  lists.indices = indices.map((row, at) => (at < 60 && at >= 10 ? -1 : row));
  expect(neighborsAmongFirst(lists, 150, 10)).toBeUndefined();
});
