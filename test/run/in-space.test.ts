import { expect, test } from 'vitest';
import { haveTopicOfNeighbors } from '../../src/run/in-space.js';

const listOf = (indices: number[]) => ({
  indices: Int32Array.from(indices),
  distances: Float32Array.from(indices, (_, at) => at),
  rows: 1,
  neighbors: indices.length,
});

const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1, -1, -1);

test('a new row is among its topic when seven tenths of its nearest rows have it, and not when fewer have', () => {
  expect(haveTopicOfNeighbors(Int32Array.of(0), listOf([0, 4, 2, 3, 1]), labels, 3)).toEqual(
    Uint8Array.of(0),
  );
  expect(haveTopicOfNeighbors(Int32Array.of(0), listOf([0, 4, 2, 3, 1]), labels, 4)).toEqual(
    Uint8Array.of(1),
  );
  expect(haveTopicOfNeighbors(Int32Array.of(0), listOf([0, 9, 4, 8]), labels, 4)).toEqual(Uint8Array.of(0));
  expect(haveTopicOfNeighbors(Int32Array.of(0), listOf([0, 1, 4, 2]), labels, 4)).toEqual(Uint8Array.of(1));
  expect(haveTopicOfNeighbors(Int32Array.of(0), listOf([0, 9, 4, 8]), labels, 1)).toEqual(Uint8Array.of(1));
});

test('of a topic with fewer rows than are looked at only so many are looked at, and an empty slot counts against it', () => {
  const small = Int32Array.of(0, 0, 1, 1, 1, 1);
  expect(haveTopicOfNeighbors(Int32Array.of(0), listOf([0, 1, 3, 4, 5]), small, 5)).toEqual(Uint8Array.of(1));
  expect(haveTopicOfNeighbors(Int32Array.of(1), listOf([2, -1, -1, -1]), small, 4)).toEqual(Uint8Array.of(0));
});

test('a row without a topic is among none', () => {
  expect(haveTopicOfNeighbors(Int32Array.of(-1), listOf([0, 1]), labels, 2)).toEqual(Uint8Array.of(0));
});
