import { expect, test } from 'vitest';
import { followGroups } from '../../src/run/lifecycle.js';

/** Sizes of the groups after, new rows included. */
const sizes = (after: number[], fresh: number[] = []) => {
  const all = [...after, ...fresh];
  return Array.from(
    { length: Math.max(-1, ...all) + 1 },
    (_, group) => all.filter((label) => label === group).length,
  );
};

const follow = (before: number[], after: number[], ids: number[], next: number, fresh: number[] = []) =>
  followGroups(
    {
      before: Int32Array.from(before),
      after: Int32Array.from(after),
      beforeCount: ids.length,
      afterCount: sizes(after, fresh).length,
      afterSize: sizes(after, fresh),
    },
    Int32Array.from(ids),
    next,
  );

test('the same groups in another order keep their ids', () => {
  const { ids, next, events } = follow([0, 0, 1, 1], [1, 1, 0, 0], [7, 9], 12);
  expect([...ids]).toEqual([9, 7]);
  expect(next).toBe(12);
  expect(events).toEqual([
    { kind: 'kept', id: 7, overlap: 1 },
    { kind: 'kept', id: 9, overlap: 1 },
  ]);
});

test('a group of new rows is born under an id that none had', () => {
  const { ids, next, events } = follow([0, 0], [0, 0], [3], 5, [1, 1, 1]);
  expect([...ids]).toEqual([3, 5]);
  expect(next).toBe(6);
  expect(events).toContainEqual({ kind: 'born', id: 5 });
});

test('the smaller part of a divided group is split from it', () => {
  const { ids, events } = follow([0, 0, 0, 0, 0], [0, 0, 0, 1, 1], [2], 3);
  expect([...ids]).toEqual([2, 3]);
  expect(events).toEqual([
    { kind: 'kept', id: 2, overlap: 0.6 },
    { kind: 'split from', id: 3, other: 2 },
  ]);
});

test('a group with two rows of another and many new ones is born, not split off', () => {
  const { events } = follow([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1], [0], 1, [1, 1, 1]);
  expect(events).toContainEqual({ kind: 'born', id: 1 });
});

test('of two groups that become one the larger keeps its id, the other is merged into it', () => {
  const { ids, events } = follow([0, 0, 0, 1, 1], [0, 0, 0, 0, 0], [4, 6], 9);
  expect([...ids]).toEqual([4]);
  expect(events).toEqual([
    { kind: 'kept', id: 4, overlap: 0.6 },
    { kind: 'merged into', id: 6, other: 4 },
  ]);
});

test('a group whose rows are in none is gone, and its id is not used for what comes next', () => {
  const { ids, events } = follow([0, 0, -1, -1], [-1, -1, 0, 0], [0], 1);
  expect([...ids]).toEqual([1]);
  expect(events).toEqual([
    { kind: 'gone', id: 0 },
    { kind: 'born', id: 1 },
  ]);
});

test('an overlap below 0.3 is another group', () => {
  // One of four rows stays: 1 / 5.
  const { ids, events } = follow([0, 0, 0, 0, -1], [0, -1, -1, -1, 0], [0], 1);
  expect([...ids]).toEqual([1]);
  expect(events.map(({ kind }) => kind)).toEqual(['gone', 'split from']);
});

test('groups that the caller named stay the same, whatever their rows are', () => {
  const named = [{ before: 0, after: 1 }];
  const { ids, events } = followGroups(
    {
      before: Int32Array.of(0, 0, 0, 1),
      after: Int32Array.of(0, 0, 0, 1),
      ...{ beforeCount: 2, afterCount: 2, afterSize: [3, 1] },
    },
    Int32Array.of(4, 5),
    6,
    { named },
  );
  expect([...ids]).toEqual([6, 4]);
  expect(events).toContainEqual({ kind: 'kept', id: 4, overlap: 0 });
});
