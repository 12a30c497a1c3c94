import { expect, test } from 'vitest';
import { pickExemplars } from '../../src/topics/exemplars.js';

test('the rows nearest to the mean come first', () => {
  const data = Float32Array.of(0, 0, 10, 0, 5, 1, 5, 5);
  const texts = ['far left', 'far right', 'near the middle', 'above'];
  const members = Int32Array.of(0, 1, 2, 3);
  const probabilities = new Float64Array(4).fill(1);
  // The mean is (5, 1.5).
  expect(
    pickExemplars(members, { texts, probabilities, vectors: { data, rows: 4, cols: 2 } }, [], 2),
  ).toEqual([2, 3]);
});

test('copies and near copies of a text are shown once', () => {
  const texts = [
    'the port strike ends today',
    'the port strike ends today',
    'The Port Strike ends today!',
    'rain',
  ];
  const probabilities = Float64Array.of(1, 1, 1, 0.1);
  expect(pickExemplars(Int32Array.of(0, 1, 2, 3), { texts, probabilities }, [], 3).length).toBe(2);
});

test('without vectors the surest rows come first, then those with most keywords', () => {
  const texts = ['about nothing much', 'a strike at the port', 'whales sing at night'];
  const probabilities = Float64Array.of(0.9, 0.9, 1);
  expect(pickExemplars(Int32Array.of(0, 1, 2), { texts, probabilities }, ['port', 'strike'], 3)).toEqual([
    2, 1, 0,
  ]);
});

test('no rows give no exemplars', () => {
  expect(pickExemplars(new Int32Array(), { texts: [], probabilities: new Float64Array() }, [], 3)).toEqual(
    [],
  );
});
