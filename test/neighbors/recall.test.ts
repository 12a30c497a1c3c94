import { expect, test } from 'vitest';
import { estimate, sampleRecall } from '../../src/neighbors/recall.js';
import { bruteForce, clustered, seeded } from './reference.js';

test('with all neighbours found on the sample, the interval still allows a few missed elsewhere', () => {
  const { share, interval } = estimate(new Array(200).fill(1), 10);
  expect(share).toBe(1);
  // Wilson's interval of 200 of 200: n / (n + z²).
  expect(interval[0]).toBeCloseTo(200 / (200 + 1.96 ** 2), 12);
  expect(interval[1]).toBe(1);
});

test('rows that vary less than single draws would count as more draws, those that vary more as fewer', () => {
  // 9 or 10 of 10, alternating: the variance between rows is 0.0025 · 100/99.
  const even = estimate(
    Array.from({ length: 100 }, (_, row) => (row % 2 ? 0.9 : 1)),
    10,
  );
  const odd = estimate(
    Array.from({ length: 100 }, (_, row) => (row % 20 ? 1 : 0)),
    10,
  );
  expect(even.share).toBeCloseTo(0.95, 12);
  expect(odd.share).toBeCloseTo(0.95, 12);
  // Binomial draws: 1,000 for the first, about 99 for the second; Wilson by hand.
  expect(even.interval[0]).toBeCloseTo(0.9346, 3);
  expect(even.interval[1]).toBeCloseTo(0.9619, 3);
  expect(odd.interval[0]).toBeCloseTo(0.8879, 3);
  expect(odd.interval[1]).toBeCloseTo(0.9785, 3);
});

test('the interval holds the true share in about 95 of 100 samples', () => {
  const random = seeded(3);
  let held = 0;
  for (let run = 0; run < 1000; run++) {
    // Of ten neighbours a row finds each with a chance of its own, 0.97 on average.
    const shares = Array.from({ length: 100 }, () => {
      const chance = 0.94 + 0.06 * random();
      let found = 0;
      for (let at = 0; at < 10; at++) if (random() < chance) found++;
      return found / 10;
    });
    const [low, high] = estimate(shares, 10).interval;
    if (low <= 0.97 && 0.97 <= high) held++;
  }
  expect(held).toBeGreaterThan(920);
  expect(held).toBeLessThan(990);
});

test('a graph without every tenth neighbour has a recall of nine tenths', async () => {
  const points = clustered(400, 16, 4);
  const graph = bruteForce(points, 10);
  for (let row = 0; row < 400; row++) graph.indices[row * 10 + (row % 10)] = -1;
  const { share, interval, rows } = await sampleRecall(points, graph);
  expect(share).toBeCloseTo(0.9, 12);
  expect(rows).toBe(200);
  expect(interval[0]).toBeLessThan(0.9);
  expect(interval[1]).toBeGreaterThan(0.9);
});
