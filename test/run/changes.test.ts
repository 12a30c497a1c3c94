import { expect, test } from 'vitest';
import { trendsOf } from '../../src/run/changes.js';

const topics = [
  { id: 0, name: 'Oil' },
  { id: 1, name: 'Tennis' },
];
const before = new Map([
  [0, 10],
  [1, 90],
]);
const idsOf = (added: [number, number][]) => {
  const { growing, fading } = trendsOf(topics, before, new Map(added));
  return [growing, fading].map((trends) => trends.map(({ id }) => id));
};

test('a topic grows or fades if its share of the new rows is another one, and says nothing of a few rows', () => {
  expect(
    idsOf([
      [0, 12],
      [1, 18],
    ]),
  ).toEqual([[0], [1]]);
  // 2.8 and 4.2 standard deviations, of one row and of two.
  expect(idsOf([[0, 1]])).toEqual([[], []]);
  expect(idsOf([[0, 2]])).toEqual([[], []]);
});

test('a topic fades only if new rows of it were to be expected', () => {
  const many: [number, number][] = [[1, 30]];
  expect(idsOf(many)).toEqual([[], []]);
  expect(idsOf([[1, 60]])).toEqual([[1], [0]]);
});
