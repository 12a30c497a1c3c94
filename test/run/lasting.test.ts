import { expect, test } from 'vitest';
import { isOutgrown, laidOutRows, plannedRows } from '../../src/run/lasting.js';

const steps = (...rows: number[]) =>
  rows.map((count, at) => ({ did: at === 0 ? ('cluster' as const) : ('add' as const), rows: count }));

test('a run is planned as before until its rows have doubled, and then for all of them', () => {
  expect(plannedRows(870, steps(600), 870)).toBe(600);
  expect(plannedRows(1199, steps(600), 1199)).toBe(600);
  expect(plannedRows(1200, steps(600), 1200)).toBe(1200);
  expect(plannedRows(2000, steps(600, 900, 1300), 2000)).toBe(1300);
  expect(plannedRows(2600, steps(600, 900, 1300), 2600)).toBe(2600);
});

test('only rows that take part count, and other cuts plan nothing', () => {
  expect(plannedRows(400, steps(600), 800)).toBe(300);
  expect(plannedRows(20, steps(20), 30)).toBe(16);
  expect(plannedRows(10, steps(20), 30)).toBe(10);
  const cut = [...steps(600), { did: 'recut' as const, rows: 600 }];
  expect(plannedRows(870, cut, 870)).toBe(600);
});

test('a run has outgrown its reduced space with twice the rows that it was made from', () => {
  expect(isOutgrown(steps(600), 1199)).toBe(false);
  expect(isOutgrown(steps(600), 1200)).toBe(true);
  // A run that grew before denscape laid it out anew.
  expect(isOutgrown(steps(600, 1300), 1301)).toBe(true);
  const anew = [
    ...steps(600, 900),
    { did: 'add' as const, rows: 1300, laidOut: true },
    ...steps(1500).slice(1),
  ];
  expect(laidOutRows(anew)).toBe(1300);
  expect(isOutgrown([...anew, { did: 'recut', rows: 1300 }], 2599)).toBe(false);
  expect(isOutgrown(anew, 2600)).toBe(true);
});
