import { expect, test } from 'vitest';
import { trustworthiness } from '../../src/pipeline/trustworthiness.js';
import { abortedAtFirstPause } from '../helpers/pauses.js';
import { trustworthiness as byDefinition } from '../layout/graphs.js';
import { directions } from '../themes/data.js';

const line = (rows: number) => Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2 === 0 ? i / 2 : 0));

/** Unit vectors along a quarter of a circle: the nearest by cosine are the nearest by row. */
function arc(rows: number) {
  const angle = (row: number) => (row / rows) * (Math.PI / 2);
  const data = Float32Array.from({ length: rows * 2 }, (_, i) =>
    i % 2 === 0 ? Math.cos(angle(i / 2)) : Math.sin(angle((i - 1) / 2)),
  );
  return { data, rows, cols: 2 };
}

test('a map that keeps every neighbour scores 1', async () => {
  // Of the two eighth neighbours, equally far on the map, rounding makes one the nearer by a hair.
  expect(await trustworthiness(arc(100), line(100))).toBeCloseTo(1, 3);
});

test('a map that puts far rows next to each other scores about a half', async () => {
  // Row i is drawn at a place that has nothing to do with i.
  const shuffled = Float32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? ((i / 2) * 73) % 200 : 0));
  const score = await trustworthiness(arc(200), shuffled);
  expect(score).toBeGreaterThan(0.3);
  expect(score).toBeLessThan(0.7);
});

test.each([32, 61, 250])(
  '%i rows score what the definition gives, with one thread and with three',
  async (rows) => {
    const vectors = directions(rows, 10, 4, 0.6, 3);
    const points = Float32Array.from(vectors.data.filter((_, at) => at % 10 < 2));
    const expected = byDefinition(vectors.data, points, rows, 15);
    expect(expected).toBeLessThan(0.99);
    expect(await trustworthiness(vectors, points, { threads: 1 })).toBeCloseTo(expected, 6);
    expect(await trustworthiness(vectors, points, { threads: 3 })).toBe(
      await trustworthiness(vectors, points, { threads: 1 }),
    );
  },
);

test('too few rows to rank have no score', async () => {
  expect(await trustworthiness(arc(20), line(20))).toBeNaN();
});

test('many rows leave the event loop its turns, and an abort is heard', async () => {
  const reason = new Error('enough');
  const abort = abortedAtFirstPause(reason);
  const points = line(300_000);
  const vectors = { data: new Float32Array(300_000 * 64), rows: 300_000, cols: 64 };
  await expect(trustworthiness(vectors, points, { signal: abort.signal })).rejects.toBe(reason);
});
