import { describe, expect, test } from 'vitest';
import { nearestAmong } from '../../src/neighbors/nearest-among.js';
import { openForOthers } from '../../src/neighbors/onnx.js';
import type { Matrix, NeighborGraph } from '../../src/shapes.js';
import { clustered, distanceOf, seeded } from './reference.js';

/** The k nearest points of each fresh row, by comparing everything with everything. */
function reference(points: Matrix, fresh: Matrix, k: number): NeighborGraph {
  const { rows, cols } = points;
  const data = new Float32Array((rows + fresh.rows) * cols);
  data.set(points.data);
  data.set(fresh.data, rows * cols);
  const all = { data, rows: rows + fresh.rows, cols };
  const indices = new Int32Array(fresh.rows * k).fill(-1);
  const distances = new Float32Array(fresh.rows * k).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < fresh.rows; row++) {
    const near = Array.from({ length: rows }, (_, other) => [distanceOf(all, rows + row, other), other])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1])
      .slice(0, k);
    for (const [at, [distance, other]] of near.entries()) {
      distances[row * k + at] = distance;
      indices[row * k + at] = other;
    }
  }
  return { indices, distances, rows: fresh.rows, neighbors: k };
}

/** Rows of a matrix, divided into points and others. */
function divided({ data, rows, cols }: Matrix, points: number): [Matrix, Matrix] {
  const at = points * cols;
  return [
    { data: data.slice(0, at), rows: points, cols },
    { data: data.slice(at), rows: rows - points, cols },
  ];
}

/** Few whole numbers, so that many distances are the same, far from zero, where float32 products blur them. */
function tied(rows: number, cols: number): Matrix {
  const random = seeded(rows);
  return {
    data: Float32Array.from({ length: rows * cols }, () => 1000 + Math.floor(random() * 4)),
    rows,
    cols,
  };
}

describe('rows that are not among the points', () => {
  test.each([
    ['clusters', clustered(1700, 48, 4, true), 1300, 12],
    ['one column', clustered(700, 1, 5), 37, 12],
    ['fewer points than neighbours', clustered(300, 20, 6), 7, 12],
    ['ties', tied(900, 3), 600, 9],
    ['one other', clustered(1100, 30, 7), 1099, 5],
  ])(
    '%s: ONNX Runtime and WebAssembly find the nearest points by distance and index',
    async (_, all, count, k) => {
      const [points, fresh] = divided(all, count);
      const truth = reference(points, fresh, k);
      expect(await nearestAmong(points, fresh, k, { threads: 1 })).toEqual(truth);
      for (const threads of [1, 2]) {
        const searcher = await openForOthers(points, { threads });
        expect(await searcher.nearestTo(fresh, k)).toEqual(truth);
        expect(await searcher.nearestTo(fresh, 1)).toEqual(reference(points, fresh, 1));
        searcher.close();
      }
    },
  );

  test('many of them are left to ONNX Runtime, and found the same', async () => {
    const [points, fresh] = divided(clustered(4200, 400, 8, true), 3000);
    // 1,200 × 3,000 × 400 multiplications are for WebAssembly, 4,800 × 3,000 × 400 are not.
    const four = { ...fresh, data: new Float32Array(fresh.data.length * 4), rows: fresh.rows * 4 };
    for (let part = 0; part < 4; part++) four.data.set(fresh.data, part * fresh.data.length);
    const once = await nearestAmong(points, fresh, 6);
    const { indices, distances } = await nearestAmong(points, four, 6);
    const size = once.indices.length;
    for (let part = 0; part < 4; part++) {
      expect(indices.subarray(part * size, (part + 1) * size)).toEqual(once.indices);
      expect(distances.subarray(part * size, (part + 1) * size)).toEqual(once.distances);
    }
  });

  test('a search is stopped by its signal', async () => {
    const [points, fresh] = divided(clustered(9000, 300, 9), 6000);
    const stop = new AbortController();
    const found = nearestAmong(points, fresh, 6, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(found).rejects.toThrow('enough');
  });
});
