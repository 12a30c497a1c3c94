import { expect, test } from 'vitest';
import { bySize } from '../../src/themes/groups.js';
import { clustersByTopic, joinAsBefore } from '../../src/themes/rejoin.js';

const groupsOf = (...labels: number[]) => bySize(Int32Array.from(labels));

test('groups that were one cluster before are one, and say which is the largest of them', () => {
  const groups = groupsOf(0, 0, 0, 0, 1, 1, 1, 2, 2, -1);
  const found = joinAsBefore(groups, Int32Array.of(5, 5, 5, -1, 5, 5, -1, 6, 6, 5));
  expect(found.joined).toBe(1);
  expect(Array.from(found.labels)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, -1]);
  expect(Array.from(found.size)).toEqual([7, 2]);
  expect(Array.from(found.largestOf)).toEqual([0, 2]);
});

test.each([
  ['a group of new rows by more than half', [0, 0, 0, 1, 1, 1], [0, 0, 0, 0, -1, -1]],
  ['a group of rows of another cluster by more than half', [0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 1, 1]],
  ['groups that were different clusters', [0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1]],
  [
    'parts of a cluster most of whose rows are elsewhere now',
    [0, 0, 1, -1, -1, -1, -1],
    [0, 0, 0, 0, 0, 0, 0],
  ],
  ['groups without an earlier cluster', [0, 0, 1, 1], [-1, -1, -1, -1]],
])('%s: nothing is joined', (_, labels, earlier) => {
  const groups = groupsOf(...labels);
  const found = joinAsBefore(groups, Int32Array.from(earlier));
  expect(found.joined).toBe(0);
  expect(found.labels).toEqual(groups.labels);
  expect(Array.from(found.largestOf)).toEqual(Array.from({ length: groups.count }, (_, at) => at));
});

test('topics are numbered by size after parts were joined', () => {
  const groups = groupsOf(0, 0, 0, 1, 1, 2, 2);
  const found = joinAsBefore(groups, Int32Array.of(1, 1, 1, 0, 0, 0, 0));
  expect(Array.from(found.labels)).toEqual([1, 1, 1, 0, 0, 0, 0]);
  expect(Array.from(found.largestOf)).toEqual([1, 0]);
});

test('clusters that have rows of one topic have one number, whatever topic joined them', () => {
  const clusters = Int32Array.of(4, 3, 3, 2, 9, 9, -1, 4);
  const topics = Int32Array.of(0, 0, 1, 1, 5, -1, 0, -1);
  expect(Array.from(clustersByTopic(clusters, topics))).toEqual([2, 2, 2, 2, 9, 9, -1, 2]);
});

test('a cluster that was divided into topics keeps its number', () => {
  const clusters = Int32Array.of(1, 1, 0, 0);
  expect(clustersByTopic(clusters, Int32Array.of(0, 1, 2, -1))).toEqual(clusters);
});
