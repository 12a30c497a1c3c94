import { expect, test } from 'vitest';
import { painting } from '../../src/map/page/paint.js';
import type { Cut } from '../../src/map/page/topics.js';

const cut: Cut = { kind: 'topic', labels: new Int32Array(1000), topics: [], byId: new Map(), noise: 0 };
const scores = { probabilities: new Float64Array(1000), outliers: new Float64Array(1000) };
const legendOf = (numberOf: (row: number) => number) => {
  const numbers = Float64Array.from({ length: 1000 }, (_, row) => numberOf(row));
  const column = { info: { name: 'stars', kind: 'number' as const }, numbers };
  return painting('stars', 'light', cut, cut, scores, column).legend;
};

test('the colours of grades reach from the lowest to the highest, however few rows have them', () => {
  const stars = (row: number) => (row < 3 ? 1 : row < 6 ? 5 : 3 + (row % 2));
  expect(legendOf(stars)).toEqual({ kind: 'range', title: 'stars', from: '1', to: '5' });
});

test('the colours of other numbers leave out the outermost fiftieths', () => {
  expect(legendOf((row) => row)).toEqual({ kind: 'range', title: 'stars', from: '19', to: '980' });
});
