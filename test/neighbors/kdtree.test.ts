import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openKdTree } from '../../src/neighbors/kdtree.js';
import type { Matrix } from '../../src/shapes.js';
import { warmThreads } from '../helpers/threads.js';
import { bruteForce, bruteForeign, bruteLightest, clustered, seeded } from './reference.js';

async function search(points: Matrix, k: number, threads = 1) {
  const searcher = await openKdTree(points, { threads });
  try {
    return await searcher.search(k);
  } finally {
    searcher.close();
  }
}

describe('search', () => {
  for (const [rows, cols] of [
    [500, 1],
    [777, 2],
    [1000, 3],
    [600, 4],
    [400, 7],
    [400, 16],
    [200, 33],
  ]) {
    test(`${rows} × ${cols} equals float64 brute force, bit for bit`, async () => {
      const points = clustered(rows, cols, rows + cols);
      expect(await search(points, 12)).toEqual(bruteForce(points, 12));
    });
  }

  test('any small matrix equals float64 brute force', async () => {
    const shape = fc.record({
      rows: fc.integer({ min: 0, max: 80 }),
      cols: fc.integer({ min: 1, max: 9 }),
      k: fc.integer({ min: 1, max: 85 }),
      step: fc.constantFrom(0.01, 0.25, 1, 1e-25, 1e18),
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

  test('twenty thousand equal points get the lowest rows, quickly', async () => {
    const points = { data: new Float32Array(20_000 * 2).fill(4.5), rows: 20_000, cols: 2 };
    const graph = await search(points, 3);
    expect([...graph.indices.slice(0, 6)]).toEqual([1, 2, 3, 0, 2, 3]);
    expect([...graph.indices.slice(-3)]).toEqual([0, 1, 2]);
    expect(graph.distances.every((distance) => distance === 0)).toBe(true);
  });

  for (const k of [1, 8, 40, 700]) {
    test(`of hundreds of equally near rows the lowest are found, ${k} of each`, async () => {
      // Corners of a cube, 150 rows at each, and rows whose squares float32 can't tell apart.
      const random = seeded(k);
      const near = () => 1 + Math.floor(random() * 3) * 2 ** -23;
      const data = Float32Array.from({ length: 1200 * 3 }, () => (random() < 0.5 ? 0 : near()));
      const points = { data, rows: 1200, cols: 3 };
      expect(await search(points, k)).toEqual(bruteForce(points, k));
    });
  }

  test('1, 2 and 3 threads give equal bytes', async () => {
    await warmThreads(3);
    const points = clustered(9000, 3, 4);
    const one = await search(points, 15, 1);
    expect(await search(points, 15, 2)).toEqual(one);
    expect(await search(points, 15, 3)).toEqual(one);
  });
});

test('widen returns for given rows what search returns for all, rows given twice too', async () => {
  const points = clustered(900, 3, 11);
  const rows = Int32Array.from([5, 0, 899, 5, 333, 17]);
  const searcher = await openKdTree(points, { threads: 2 });
  const wide = await searcher.widen(rows, 80);
  searcher.close();
  expect(wide).toEqual(bruteForce(points, 80, [...rows]));
});

describe('nearestForeign', () => {
  test('equals float64 brute force for any components, cores, alpha and limits', async () => {
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 120 }),
      cols: fc.integer({ min: 1, max: 5 }),
      components: fc.integer({ min: 1, max: 6 }),
      levels: fc.integer({ min: 1, max: 60 }),
      alpha: fc.constantFrom(1, 0.5, 1.7),
      core: fc.constantFrom(0, 0.2, 5),
      limit: fc.constantFrom(undefined, 0.3, 2),
      seed: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ rows, cols, components, levels, alpha, core, limit, seed }) => {
        const random = seeded(seed);
        const data = Float32Array.from({ length: rows * cols }, () => Math.floor(random() * levels) / 10);
        const points = { data, rows, cols };
        const component = Int32Array.from({ length: rows }, (_, row) =>
          // Some in space, some at random: whole subtrees of one component, and mixed ones.
          random() < 0.3 ? Math.floor(random() * components) : Math.floor(data[row * cols]) % components,
        );
        const cores = Float64Array.from({ length: rows }, () => core * Math.ceil(random() * 3));
        const all = Int32Array.from({ length: rows }, (_, row) => row);
        const searcher = await openKdTree(points, { threads: 1 });
        const limits = limit === undefined ? undefined : cores.map((c) => c + limit * random());
        const edges = await searcher.nearestForeign(all, component, cores, alpha, { limits });
        searcher.close();
        expect(edges).toEqual(bruteForeign(points, all, component, cores, alpha, limits));
      }),
      { numRuns: 150 },
    );
  });
});

describe('lightestEdges', () => {
  /** Points on a grid, so that many edges tie, in components of which some are in space and some at random. */
  const drawn = (rows: number, cols: number, components: number, levels: number, seed: number) => {
    const random = seeded(seed);
    const data = Float32Array.from({ length: rows * cols }, () => Math.floor(random() * levels) / 10);
    const share = random();
    const component = Int32Array.from({ length: rows }, (_, row) =>
      random() < share / 3 ? Math.floor(random() * components) : Math.floor(data[row * cols]) % components,
    );
    return { points: { data, rows, cols }, component, random };
  };

  test('equals float64 brute force for any components, cores, alpha and limits', async () => {
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 160 }),
      cols: fc.integer({ min: 1, max: 5 }),
      components: fc.integer({ min: 1, max: 6 }),
      levels: fc.integer({ min: 1, max: 60 }),
      alpha: fc.constantFrom(1, 0.5, 1.7),
      core: fc.constantFrom(0, 0.2, 5),
      limit: fc.constantFrom(Number.POSITIVE_INFINITY, 0.3, 2),
      seed: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ rows, cols, components, levels, alpha, core: least, limit, seed }) => {
        const { points, component, random } = drawn(rows, cols, components, levels, seed);
        const core = Float64Array.from({ length: rows }, () => least * Math.ceil(random() * 3));
        const limits = Float64Array.from({ length: components }, () =>
          random() < 0.2 ? 0 : limit * random(),
        );
        const searcher = await openKdTree(points, { threads: 1 });
        const task = { component, limits, floors: core, core, alpha };
        const edges = await searcher.lightestEdges(task);
        searcher.close();
        expect(edges).toEqual(bruteLightest(points, task));
      }),
      { numRuns: 200 },
    );
  });

  test('1, 2 and 3 threads give equal bytes', async () => {
    await warmThreads(3);
    const { points, component } = drawn(9000, 3, 40, 90, 5);
    const core = new Float64Array(9000).fill(0.1);
    const limits = new Float64Array(40).fill(Number.POSITIVE_INFINITY);
    const found = [];
    for (const threads of [1, 2, 3]) {
      const searcher = await openKdTree(points, { threads });
      found.push(await searcher.lightestEdges({ component, limits, floors: core, core, alpha: 1 }));
      searcher.close();
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
    expect(Math.min(...found[0].from.slice(0, 9))).toBeGreaterThanOrEqual(0);
  });

  test('nothing is found where every floor is above the limits', async () => {
    const points = { data: Float32Array.from([0, 1, 3, 7]), rows: 4, cols: 1 };
    const component = Int32Array.from([0, 0, 1, 2]);
    const limits = new Float64Array(3).fill(9);
    const [core, high] = [new Float64Array(4), new Float64Array(4).fill(10)];
    const searcher = await openKdTree(points, { threads: 1 });
    const all = await searcher.lightestEdges({ component, limits, core, alpha: 1, floors: core });
    const none = await searcher.lightestEdges({ component, limits, core, alpha: 1, floors: high });
    searcher.close();
    expect(all.from).toEqual(Int32Array.from([1, 2, 3]));
    expect(all.distance).toEqual(Float64Array.from([2, 2, 4]));
    expect(none.from).toEqual(new Int32Array(3).fill(-1));
  });
});

test('too many dimensions are refused with what to use instead', async () => {
  const points = { data: new Float32Array(2 * 384), rows: 2, cols: 384 };
  await expect(openKdTree(points)).rejects.toThrow(
    'engine "kdtree": 384 dimensions, at most 64 make sense; use "wasm" or "onnx"',
  );
});
