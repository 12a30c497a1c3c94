import { expect, it } from 'vitest';
import { floatToHalf } from '../../src/binary/halves.js';
import { poolRows } from '../../src/embed/pooling.js';

// Two rows of up to two tokens, two numbers each; the second row's second token is padding.
const vectors = { data: Float32Array.of(3, 4, 9, 12, 0, 2, 99, 99), rows: 2, tokens: 2, cols: 2 };
const lengths = Int32Array.of(2, 1);
const rounded = (values: Float32Array) => Array.from(values, (value) => Number(value.toFixed(4)));

it('every pooling leaves padding out and returns unit length', () => {
  expect(rounded(poolRows(vectors, lengths, 'cls'))).toEqual([0.6, 0.8, 0, 1]);
  expect(rounded(poolRows(vectors, lengths, 'mean'))).toEqual([0.6, 0.8, 0, 1]);
  expect(rounded(poolRows(vectors, lengths, 'max'))).toEqual([0.6, 0.8, 0, 1]);
  const other = { ...vectors, data: Float32Array.of(3, 4, 5, 0, 0, 2, 99, 99) };
  expect(rounded(poolRows(other, lengths, 'mean'))).toEqual([0.8944, 0.4472, 0, 1]); // (4, 2)
  expect(rounded(poolRows(other, lengths, 'max'))).toEqual([0.7809, 0.6247, 0, 1]); // (5, 4)
  expect(rounded(poolRows(other, lengths, 'last'))).toEqual([1, 0, 0, 1]);
});

it('halves are pooled as the numbers that they are, and no others are looked at', () => {
  const data = Uint16Array.from(vectors.data, floatToHalf);
  for (const pooling of ['cls', 'mean', 'max', 'last'] as const) {
    expect(poolRows({ ...vectors, data }, lengths, pooling)).toEqual(poolRows(vectors, lengths, pooling));
  }
});

it('a vector of zeros stays zeros', () => {
  const zeros = { data: new Float32Array(2), rows: 1, tokens: 1, cols: 2 };
  expect([...poolRows(zeros, Int32Array.of(1), 'cls')]).toEqual([0, 0]);
});
