import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openBrute } from '../../src/neighbors/brute.js';
import type { Matrix } from '../../src/shapes.js';
import { warmThreads } from '../helpers/threads.js';
import { amongSome, bruteForce, bruteForeign, clustered, seeded } from './reference.js';

async function search(points: Matrix, k: number, threads = 1) {
  const searcher = await openBrute(points, { threads });
  try {
    return await searcher.search(k);
  } finally {
    searcher.close();
  }
}

describe('search', () => {
  for (const [rows, cols] of [
    [300, 1],
    [300, 2],
    [257, 3],
    [129, 17],
    [500, 64],
    [400, 384],
    [150, 1024],
    [40, 1500],
  ]) {
    test(`${rows} × ${cols} equals float64 brute force, bit for bit`, async () => {
      const points = clustered(rows, cols, rows + cols);
      expect(await search(points, 12)).toEqual(bruteForce(points, 12));
    });
  }

  test('any small matrix equals float64 brute force', async () => {
    const shape = fc.record({
      rows: fc.integer({ min: 0, max: 40 }),
      cols: fc.integer({ min: 1, max: 9 }),
      k: fc.integer({ min: 1, max: 45 }),
      step: fc.constantFrom(0.01, 0.25, 1, 1e-20, 1e15),
      offset: fc.constantFrom(0, 1000, -1e7),
      levels: fc.integer({ min: 1, max: 1000 }),
      seed: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ rows, cols, k, step, offset, levels, seed }) => {
        const random = seeded(seed);
        const value = () => Math.floor(random() * levels) * step + offset;
        const points = { data: Float32Array.from({ length: rows * cols }, value), rows, cols };
        expect(await search(points, k)).toEqual(bruteForce(points, k));
      }),
      { numRuns: 120 },
    );
  });

  test('ties on a grid go to the lower index, however many there are', async () => {
    const data = Float32Array.from({ length: 900 * 2 }, (_, i) =>
      i % 2 ? Math.floor(i / 2) % 30 : Math.floor(i / 60),
    );
    const points = { data, rows: 900, cols: 2 };
    expect(await search(points, 7)).toEqual(bruteForce(points, 7));
  });

  test('duplicates at distance 0 are neighbours, the row itself is not', async () => {
    const points = clustered(700, 24, 3);
    for (let row = 0; row < 500; row++)
      points.data.copyWithin((200 + row) * 24, (row % 3) * 24, (row % 3) * 24 + 24);
    const graph = await search(points, 9);
    expect(graph).toEqual(bruteForce(points, 9));
    expect(graph.distances[300 * 9 + 8]).toBe(0);
  });

  test('an offset a million times the spread loses no neighbour', async () => {
    const points = clustered(400, 16, 9);
    points.data = points.data.map((x) => x + 1e6);
    expect(await search(points, 10)).toEqual(bruteForce(points, 10));
  });

  test('one far outlier loses no neighbour', async () => {
    const points = clustered(400, 16, 9);
    points.data.fill(1e12, 0, 16);
    expect(await search(points, 10)).toEqual(bruteForce(points, 10));
  });

  test('1, 2 and 3 threads give equal bytes', async () => {
    await warmThreads(3);
    const points = clustered(1500, 48, 4, true);
    const one = await search(points, 15, 1);
    expect(await search(points, 15, 2)).toEqual(one);
    expect(await search(points, 15, 3)).toEqual(one);
  });
});

test('widen returns for given rows what search returns for all', async () => {
  const points = clustered(600, 40, 11);
  const rows = Int32Array.from([5, 0, 599, 5, 333, 17]);
  const searcher = await openBrute(points, { threads: 2 });
  const wide = await searcher.widen(rows, 80);
  searcher.close();
  expect(wide).toEqual(bruteForce(points, 80, [...rows]));
});

for (const factor of [1e6, 1e15, 1e30]) {
  test(`a row ${factor} times as far off as the others changes none of their neighbours, and gets its own`, async () => {
    const points = clustered(400, 24, 31);
    for (let t = 0; t < 24; t++) points.data[77 * 24 + t] *= factor;
    const searcher = await openBrute(points, { threads: 1 });
    const graph = await searcher.search(7);
    searcher.close();
    expect(graph).toEqual(bruteForce(points, 7));
  });
}

describe('nearestForeign', () => {
  for (const alpha of [1, 0.5, 1.7]) {
    test(`equals float64 brute force at alpha ${alpha}, with limits and without`, async () => {
      const points = clustered(500, 20, 21);
      const random = seeded(5);
      const component = Int32Array.from({ length: 500 }, () => Math.floor(random() * 4));
      const core = Float64Array.from({ length: 500 }, () => 0.4 + random());
      const rows = Int32Array.from({ length: 500 }, (_, i) => (i * 7) % 500);
      const searcher = await openBrute(points, { threads: 2 });
      const edges = await searcher.nearestForeign(rows, component, core, alpha);
      const limits = edges.distance.map((distance, at) => (at % 3 === 0 ? distance : 0.5 + random()));
      const within = await searcher.nearestForeign(rows, component, core, alpha, { limits });
      searcher.close();
      expect(edges).toEqual(bruteForeign(points, rows, component, core, alpha));
      const expected = bruteForeign(points, rows, component, core, alpha, limits);
      expect(within).toEqual(expected);
      expect(expected.to.includes(-1)).toBe(true);
      expect(expected.to.some((row) => row >= 0)).toBe(true);
    });
  }

  test('leads to the rows of `among` only, numbered as all rows are', async () => {
    const { points, rows, component, core, among, expected } = amongSome();
    const searcher = await openBrute(points, { threads: 2 });
    const edges = await searcher.nearestForeign(rows, component, core, 0.8, { among });
    const again = await searcher.nearestForeign(rows, component, core, 0.8);
    searcher.close();
    expect(edges).toEqual(expected);
    expect(again).toEqual(bruteForeign(points, rows, component, core, 0.8));
    expect(again).not.toEqual(edges);
  });

  test('gives -1 and infinity where there is only one component', async () => {
    const searcher = await openBrute(clustered(30, 4, 1), { threads: 1 });
    const core = new Float64Array(30);
    const edges = await searcher.nearestForeign(Int32Array.of(3), new Int32Array(30), core, 1);
    searcher.close();
    expect(edges).toEqual({ to: Int32Array.of(-1), distance: Float64Array.of(Number.POSITIVE_INFINITY) });
  });

  test('finds an edge of infinite weight when all core distances are unknown', async () => {
    const points = clustered(30, 4, 1);
    const core = new Float64Array(30).fill(Number.POSITIVE_INFINITY);
    const component = Int32Array.from({ length: 30 }, (_, i) => i);
    const searcher = await openBrute(points, { threads: 1 });
    const edges = await searcher.nearestForeign(Int32Array.of(3, 0), component, core, 1);
    searcher.close();
    expect([...edges.to]).toEqual([0, 1]);
  });
});
