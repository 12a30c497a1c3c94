import { expect, test } from 'vitest';
import { trustworthiness } from '../../src/pipeline/trustworthiness.js';

const line = (rows: number) => Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2 === 0 ? i / 2 : 0));

test('a picture that keeps every distance scores 1', async () => {
  const points = line(100);
  expect(await trustworthiness({ data: points, rows: 100, cols: 2 }, points)).toBe(1);
});

test('a picture that puts far rows beside each other scores about a half', async () => {
  // Row i is drawn at a place that has nothing to do with i.
  const shuffled = Float32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? ((i / 2) * 73) % 200 : 0));
  const score = await trustworthiness({ data: line(200), rows: 200, cols: 2 }, shuffled);
  expect(score).toBeGreaterThan(0.3);
  expect(score).toBeLessThan(0.7);
});

test('too few rows to rank have no score', async () => {
  expect(await trustworthiness({ data: line(20), rows: 20, cols: 2 }, line(20))).toBeNaN();
});

test('many rows leave the event loop its turns, and an abort is heard', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => abort.abort(reason), 1);
  const points = line(300_000);
  const vectors = { data: new Float32Array(300_000 * 64), rows: 300_000, cols: 64 };
  await expect(trustworthiness(vectors, points, abort.signal)).rejects.toBe(reason);
});
