import { expect, test } from 'vitest';
import { agreementOfHalves } from '../../src/themes/halves.js';
import { directions } from './data.js';

test('halves agree on as many groups as there are directions, and less on more or fewer', async () => {
  const vectors = directions(320, 16, 8, 0.2);
  const [four, eight, thirtyTwo] = await agreementOfHalves(vectors, undefined, [4, 8, 32]);
  expect(eight).toBeGreaterThan(0.95);
  expect(four).toBeLessThan(eight - 0.03);
  expect(thirtyTwo).toBeLessThan(0.8);
});

test('halves of rows without any groups agree little', async () => {
  const [four, sixteen] = await agreementOfHalves(directions(320, 64, 320, 1), undefined, [4, 16]);
  expect(four).toBeLessThan(0.3);
  expect(sixteen).toBeLessThan(0.3);
});

test('further columns count: groups that only these have are found', async () => {
  const { data, rows, cols } = directions(320, 64, 320, 1);
  const further = { data: Float32Array.from({ length: rows }, (_, row) => 4 * (row % 3)), rows, cols: 1 };
  expect((await agreementOfHalves({ data, rows, cols }, further, [3]))[0]).toBeGreaterThan(0.95);
});

test('many rows are looked at in parts from the first to the last', async () => {
  const { data, rows, cols } = directions(4000, 8, 4, 0.1);
  const agreement = await agreementOfHalves({ data, rows, cols }, undefined, [4]);
  expect(agreement[0]).toBeGreaterThan(0.95);
  // The last quarter has no groups.
  data.set(directions(1000, 8, 1000, 1, 7).data, 3000 * cols);
  const mixed = await agreementOfHalves({ data, rows, cols }, undefined, [4]);
  expect(mixed[0]).toBeLessThan(0.9);
  expect(mixed[0]).toBeGreaterThan(0.7);
});

test('equal rows and ten rows give numbers from −1 to 1', async () => {
  const equal = { data: new Float32Array(40 * 3).fill(1), rows: 40, cols: 3 };
  for (const vectors of [equal, directions(10, 4, 2, 0.1)]) {
    for (const value of await agreementOfHalves(vectors, undefined, [2])) {
      expect(value).toBeGreaterThanOrEqual(-1);
      expect(value).toBeLessThanOrEqual(1);
    }
  }
});

test('an abort stops it with the reason', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(agreementOfHalves(directions(40, 4, 2, 0.1), undefined, [2], { signal })).rejects.toThrow(
    'enough',
  );
});
