import { expect, test } from 'vitest';
import { Documents } from '../../src/pipeline/documents.js';

const documents = new Documents(Int32Array.of(1, 3), 4);

test('values of documents stand at their table rows, the others stay', () => {
  expect(documents.spread(Int32Array.of(7, 8), new Int32Array(4).fill(-1))).toEqual(
    Int32Array.of(-1, 7, -1, 8),
  );
  const points = documents.spread(Float32Array.of(1, 2, 3, 4), new Float32Array(8), 2);
  expect(points).toEqual(Float32Array.of(0, 0, 1, 2, 0, 0, 3, 4));
});

test('a matrix of documents has NaN in the other rows', () => {
  const matrix = documents.spreadMatrix({ data: Float32Array.of(5, 6), rows: 2, cols: 1 });
  expect(matrix).toEqual({ data: Float32Array.of(Number.NaN, 5, Number.NaN, 6), rows: 4, cols: 1 });
});

test('values of table rows are gathered for the documents, and numbers go both ways', () => {
  expect(documents.gather(['a', 'b', 'c', 'd'])).toEqual(['b', 'd']);
  expect(documents.rowOf(1)).toBe(3);
  expect(documents.documentsOf([3, 0, 1])).toEqual([1, 0]);
});
