import { expect, test } from 'vitest';
import { openOnnx } from '../../src/neighbors/onnx.js';
import { amongSome, bruteForce, bruteForeign, clustered, seeded } from './reference.js';

for (const [rows, cols] of [
  [0, 3],
  [1, 3],
  [2, 3],
  [130, 1],
  [700, 64],
  [403, 384],
  [2100, 9],
]) {
  test(`${rows} × ${cols} equals float64 brute force, bit for bit`, async () => {
    const points = clustered(rows, cols, rows + cols, true);
    const truth = bruteForce(points, 12);
    for (const threads of [1, 2]) {
      const searcher = await openOnnx(points, { threads });
      const graph = await searcher.search(12);
      searcher.close();
      expect(graph).toEqual(truth);
    }
  });
}

test('duplicates and ties are settled by index though float32 products blur them', async () => {
  const random = seeded(8);
  const data = Float32Array.from({ length: 900 * 3 }, () => 1000 + Math.floor(random() * 5));
  const points = { data, rows: 900, cols: 3 };
  const searcher = await openOnnx(points, { threads: 2 });
  const graph = await searcher.search(10);
  const again = await searcher.search(10);
  const wide = await searcher.widen(Int32Array.of(5, 6), 30);
  searcher.close();
  expect(graph).toEqual(bruteForce(points, 10));
  expect(again).toEqual(graph);
  expect(wide).toEqual(bruteForce(points, 30, [5, 6]));
});

test('widen and nearestForeign return what brute force does after a search', async () => {
  const points = clustered(500, 32, 2, true);
  const rows = Int32Array.from([3, 499, 0, 77]);
  const component = Int32Array.from({ length: 500 }, (_, i) => i % 3);
  const core = new Float64Array(500).fill(0.3);
  const searcher = await openOnnx(points, { threads: 2 });
  await searcher.search(5);
  const wide = await searcher.widen(rows, 60);
  const edges = await searcher.nearestForeign(rows, component, core, 1);
  searcher.close();
  expect(wide).toEqual(bruteForce(points, 60, [...rows]));
  expect(edges).toEqual(bruteForeign(points, rows, component, core, 1));
});

test('nearestForeign of many rows is multiplied too, before any search, with limits too, ties to the lower index', async () => {
  const random = seeded(3);
  const data = Float32Array.from({ length: 1201 * 5 }, () => Math.floor(random() * 7));
  const points = { data, rows: 1201, cols: 5 };
  const rows = Int32Array.from({ length: 900 }, (_, i) => (i * 7) % 1201);
  const component = Int32Array.from({ length: 1201 }, (_, i) => i % 5);
  const core = Float64Array.from({ length: 1201 }, () => Math.floor(random() * 3));
  const limits = Float64Array.from({ length: 900 }, (_, at) => 1 + (at % 2));
  for (const threads of [1, 2]) {
    const searcher = await openOnnx(points, { threads });
    const edges = await searcher.nearestForeign(rows, component, core, 0.8);
    const within = await searcher.nearestForeign(rows, component, core, 0.8, { limits });
    searcher.close();
    expect(edges).toEqual(bruteForeign(points, rows, component, core, 0.8));
    expect(within).toEqual(bruteForeign(points, rows, component, core, 0.8, limits));
    expect(within.to.includes(-1)).toBe(true);
  }
});

test('an unknown device is refused with those there are', async () => {
  const points = clustered(10, 2, 1);
  await expect(openOnnx(points, { device: 'tpu' })).rejects.toThrow(
    'device "tpu": must be one of cpu, cuda, webgpu, dml, coreml',
  );
});

test('nearestForeign leads to the rows of `among` only, and to all again afterwards', async () => {
  const { points, rows, component, core, among, expected } = amongSome();
  const searcher = await openOnnx(points, { threads: 2 });
  try {
    const edges = await searcher.nearestForeign(rows, component, core, 0.8, { among });
    expect(edges).toEqual(expected);
    expect(await searcher.nearestForeign(rows, component, core, 0.8)).toEqual(
      bruteForeign(points, rows, component, core, 0.8),
    );
  } finally {
    searcher.close();
  }
});
