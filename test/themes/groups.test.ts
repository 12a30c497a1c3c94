import { expect, test } from 'vitest';
import { bySize, sizesOf } from '../../src/themes/groups.js';

test('groups are numbered by size, equal sizes by their first row, and labels that no row has are left out', () => {
  const { labels, count, size } = bySize(Int32Array.of(7, 3, -1, 3, 7, 0, 5, 5, 5));
  expect([...labels]).toEqual([1, 2, -1, 2, 1, 3, 0, 0, 0]);
  expect(count).toBe(4);
  expect([...size]).toEqual([3, 2, 2, 1]);
  expect(bySize([-1, -1])).toEqual({ labels: Int32Array.of(-1, -1), count: 0, size: new Int32Array() });
});

test('sizes are numbers of rows by label, without rows in no group', () => {
  expect(sizesOf(Int32Array.of(2, -1, 0, 2), 4)).toEqual(Int32Array.of(1, 0, 2, 0));
});
