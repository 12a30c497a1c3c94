import { expect, test } from 'vitest';
import { hdbscan, recut } from '../../src/hdbscan/index.js';
import { recutWeighed } from '../../src/hdbscan/recut.js';
import { divideAsBefore, favourEarlier, grewLittle } from '../../src/themes/earlier.js';
import { bySize } from '../../src/themes/groups.js';

/** A root of rows 0 to 5 with the clusters 1 (rows 0 to 2) and 2 (rows 3 to 5). */
const tree = {
  condensedTree: {
    parent: Int32Array.of(7, 7, 7, 8, 8, 8, 6, 6),
    child: Int32Array.of(0, 1, 2, 3, 4, 5, 7, 8),
    lambda: new Float64Array(8).fill(1),
    size: Int32Array.of(1, 1, 1, 1, 1, 1, 3, 3),
  },
  clusters: {
    count: 3,
    parent: Int32Array.of(-1, 0, 0),
    birth: Float64Array.of(0, 1, 1),
    size: Int32Array.of(6, 3, 3),
    stability: Float64Array.of(6, 3, 3),
    death: Float64Array.of(1, 2, 2),
  },
};

test.each([
  ['one cluster before', [0, 0, 0, 0, 0, 0], [3, 2, 2]],
  ['two clusters before', [0, 0, 0, 1, 1, 1], [2, 3, 3]],
  ['one, and three rows are new', [0, 0, 0, -1, -1, -1], [2, 3, 1]],
  ['none', [-1, -1, -1, -1, -1, -1], [1, 1, 1]],
] as const)('clusters count for more, the more they are like one of before (%s)', (_, before, factors) => {
  expect(Array.from(favourEarlier(tree, Int32Array.from(before)))).toEqual(factors);
});

test('a further factor counts for clusters that are one of before, not for their parts', () => {
  expect(Array.from(favourEarlier(tree, new Int32Array(6), 1.5))).toEqual([4.5, 2, 2]);
  expect(Array.from(favourEarlier(tree, Int32Array.of(0, 0, 0, 1, 1, 1), 1.5))).toEqual([2, 4.5, 4.5]);
});

test('a cluster with a factor is chosen in place of its parts, and its figures are those without one', async () => {
  // Two groups that are close and one far away.
  const rows = 60;
  const data = Float32Array.from(
    { length: rows },
    (_, row) => [0, 3, 40][Math.floor(row / 20)] + (row % 20) / 20,
  );
  const fit = await hdbscan({ data, rows, cols: 1 }, { minClusterSize: 5 });
  expect(fit.clusterCount).toBe(3);
  const kept = recutWeighed(
    fit,
    {},
    {
      factors: ({ clusters }) => Float64Array.from(clusters.size, (size) => (size === 40 ? 100 : 1)),
    },
  );
  expect(bySize(kept.labels).size).toEqual(Int32Array.of(40, 20));
  const joined = recut(fit, { clusters: 2 });
  expect(kept.labels).toEqual(joined.labels);
  expect(kept.persistence).toEqual(joined.persistence);
  expect(kept.clusters.stability).toEqual(fit.clusters.stability);
});

test('a cluster that was divided is divided into the same topics, and its new rows join the nearest', async () => {
  const [east, north, between] = [
    [1, 0],
    [0, 1],
    [0.9, 0.4],
  ];
  const lines = [east, east, east, north, north, north, between, north, east];
  const vectors = { data: Float32Array.from(lines.flat()), rows: 9, cols: 2 };
  const groups = bySize(new Int32Array(9));
  const earlier = {
    clusters: Int32Array.of(4, 4, 4, 4, 4, 4, -1, -1, -1),
    topics: Int32Array.of(7, 7, 7, 9, 9, 9, -1, -1, -1),
  };
  const found = await divideAsBefore(vectors, groups, earlier, 3);
  expect(found.divided).toBe(1);
  expect(Array.from(found.labels)).toEqual([0, 0, 0, 1, 1, 1, 0, 1, 0]);
  expect(Array.from(found.parentOf)).toEqual([0, 0]);
});

test('a topic of too few rows, or a cluster that is another now, is not divided again', async () => {
  const vectors = { data: new Float32Array(16).fill(1), rows: 8, cols: 2 };
  const groups = bySize(new Int32Array(8));
  const divide = (clusters: number[], topics: number[], least: number) =>
    divideAsBefore(
      vectors,
      groups,
      { clusters: Int32Array.from(clusters), topics: Int32Array.from(topics) },
      least,
    );
  const small = await divide([0, 0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 2, 2], 3);
  expect([small.divided, small.count]).toEqual([0, 1]);
  const other = await divide([0, 0, 1, 1, 2, 2, 3, 3], [0, 1, 2, 2, 3, 3, 4, 4], 1);
  expect([other.divided, other.count]).toEqual([0, 1]);
});

test('a topic of before that grew by a quarter grew little; a larger one, and another, did not', () => {
  const groups = bySize(
    Int32Array.of(...new Array(5).fill(0), ...new Array(6).fill(1), ...new Array(4).fill(2)),
  );
  expect(Array.from(groups.size)).toEqual([6, 5, 4]);
  // Four rows each were a topic before, but of the last group's, which were in two.
  const earlier = Int32Array.of(7, 7, 7, 7, -1, 8, 8, 8, 8, -1, -1, 5, 5, 6, 9);
  expect(Array.from(grewLittle(groups, earlier))).toEqual([0, 1, 0]);
});
