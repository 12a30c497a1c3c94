import { expect, test } from 'vitest';
import { groupsNamed } from '../../src/cli/group-ids.js';
import type { ClusterResult } from '../../src/pipeline/result.js';

const groups = (...ids: number[]) => ids.map((id) => ({ id, name: `group ${id}` }));
const run = { topics: groups(0, 1, 2), themeTopics: groups(4, 1) } as unknown as ClusterResult;

test('groups are taken by their numbers, in the order given; none where none are named', () => {
  expect(groupsNamed(run, 'topic', '2, 0').map(({ id }) => id)).toEqual([2, 0]);
  expect(groupsNamed(run, 'theme', '4').map(({ id }) => id)).toEqual([4]);
  expect(groupsNamed(run, 'topic', undefined)).toEqual([]);
});

test.each([
  ['topic', '3', 'got "3"; the run has 0 to 2'],
  ['topic', 'oil', 'got "oil"; the run has 0 to 2'],
  ['topic', '1,,2', 'got ""; the run has 0 to 2'],
  ['topic', '-1', 'got "-1"; the run has 0 to 2'],
  ['theme', '2', 'got "2"; the run has 1, 4'],
] as const)('--%s %s is refused, and the numbers that there are named', (kind, given, message) => {
  expect(() => groupsNamed(run, kind, given)).toThrow(message);
});

test('a run without topics says so', () => {
  const none = { topics: [], themeTopics: [] } as unknown as ClusterResult;
  expect(() => groupsNamed(none, 'topic', '0')).toThrow('got "0"; the run has no topics');
});
