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

test('of the nearer half of a topic, texts short enough to read come before longer ones', () => {
  const long = (word: string) => `${word} `.repeat(100);
  // The mean is 0; rows by distance from it: 0, 1, 2, 3.
  const texts = [long('whale'), 'a strike at the port', long('rain'), 'far away'];
  const data = Float32Array.of(0.1, 1, 2, -3.1);
  const probabilities = new Float64Array(4).fill(1);
  const vectors = { data, rows: 4, cols: 1 };
  expect(pickExemplars(Int32Array.of(0, 1, 2, 3), { texts, probabilities, vectors }, [], 3)).toEqual([
    1, 0, 2,
  ]);
});

test('where all texts are long the most central one comes first', () => {
  const texts = ['whale ', 'port ', 'rain '].map((word) => word.repeat(100));
  const vectors = { data: Float32Array.of(1, 0, -1), rows: 3, cols: 1 };
  const probabilities = new Float64Array(3).fill(1);
  expect(pickExemplars(Int32Array.of(0, 1, 2), { texts, probabilities, vectors }, [], 1)).toEqual([1]);
});

test('no rows give no exemplars', () => {
  expect(pickExemplars(new Int32Array(), { texts: [], probabilities: new Float64Array() }, [], 3)).toEqual(
    [],
  );
});
