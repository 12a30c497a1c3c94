import { describe, expect, test, vi } from 'vitest';
import { nearestCells, wideOf } from '../../src/neighbors/byte-cells-thread.js';
import { openCells } from '../../src/neighbors/cells.js';
import { findNeighbors } from '../../src/neighbors/neighbors.js';
import { WORTH_BYTES } from '../../src/neighbors/products.js';
import type { Matrix, NeighborGraph } from '../../src/shapes.js';
import { withProcessors } from '../helpers/processors.js';
import { bruteForce, clustered, distanceOf, seeded } from './reference.js';

/** So many numbers that ONNX Runtime multiplies them, in twelve cells. */
const points = clustered(6100, 192, 5, true);
const K = 20;
const SOME = Array.from({ length: 200 }, (_, at) => at * 30 + 11);

/** Share of the true neighbours of some rows that a graph lists. */
function shareOf({ distances, neighbors }: NeighborGraph, own: Matrix): number {
  const truth = bruteForce(own, neighbors, SOME);
  let hits = 0;
  for (const [at, row] of SOME.entries()) {
    const farthest = truth.distances[(at + 1) * neighbors - 1];
    for (const distance of distances.subarray(row * neighbors, (row + 1) * neighbors)) {
      if (distance <= farthest) hits++;
    }
  }
  return hits / (SOME.length * neighbors);
}

const inCells = (own: Matrix, threads = 2, k = K) => findNeighbors(own, k, { engine: 'cells', threads });

test('rows in 8 bits find nearly all true neighbours, and lists hold true distances, nearest first', async () => {
  expect(points.rows * points.cols).toBeGreaterThan(WORTH_BYTES.numbers);
  const graph = await inCells(points);
  expect(shareOf(graph, points)).toBeGreaterThan(0.95);
  for (let row = 0; row < points.rows; row += 131) {
    const others = [...graph.indices.subarray(row * K, (row + 1) * K)];
    const distances = others.map((other) => distanceOf(points, row, other));
    expect(new Set([...others, row]).size).toBe(K + 1);
    expect([...graph.distances.subarray(row * K, (row + 1) * K)]).toEqual(distances);
    const sorted = others.map((other, at) => [distances[at], other]);
    expect(sorted).toEqual([...sorted].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
  }
});

test('rows are divided into cells of about 500, each followed by a near one, and every row is in one', async () => {
  const opened = await openCells(points, { threads: 2 });
  const { order, starts } = (opened as unknown as { cells: { order: Int32Array; starts: Int32Array } }).cells;
  opened.close();
  expect(starts).toHaveLength(13);
  expect(starts[12]).toBe(points.rows);
  expect(order.slice().sort()).toEqual(Int32Array.from({ length: points.rows }, (_, row) => row));
});

test('any number of threads gives the same lists', async () => {
  withProcessors(3);
  const [one, three] = await Promise.all([1, 3].map((threads) => inCells(points, threads)));
  expect(three.indices).toEqual(one.indices);
  expect(three.distances).toEqual(one.distances);
  vi.restoreAllMocks();
});

test('one cell that holds most rows is multiplied tile by tile', async () => {
  const random = seeded(8);
  const own = { ...points, data: points.data.slice() };
  // All but a few rows are about one point.
  for (let at = own.cols * 40; at < own.data.length; at++) own.data[at] = 1 + random() * 0.01;
  const graph = await inCells(own);
  expect(shareOf(graph, own)).toBeGreaterThan(0.9);
});

test('rows whose numbers are too unequal for 8 bits are compared by WebAssembly', async () => {
  const own = { ...points, data: points.data.slice() };
  for (let at = 0; at < own.data.length; at += own.cols) own.data[at] += (at / own.cols) % 2 === 0 ? 20 : -20;
  const graph = await inCells(own);
  expect(shareOf(graph, own)).toBeGreaterThan(0.9);
});

test('an abort while rows are compared ends the search', async () => {
  const stop = new AbortController();
  const opened = await openCells(points, { threads: 2 });
  const search = opened.search(K, { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
  await expect(search).rejects.toThrow('enough');
  opened.close();
});

describe('of cells with scores 3, 2, 5, 2 and 2', () => {
  const products = Float32Array.of(1, 4, 2, 4, 0);
  const norms = Float32Array.of(5, 10, 9, 10, 2);

  /** Of 10, 20, 5, 30 and 40 rows. */
  const starts = Int32Array.of(0, 10, 30, 35, 65, 105);

  test.each([
    ['those within the reach', 1, 5, 1, [1, 3, 4, 0]],
    ['all with a wide reach', Number.POSITIVE_INFINITY, 5, 1, [1, 3, 4, 0, 2]],
    ['the lowest ones', 0, 5, 90, [1, 3, 4]],
    ['as many as fit, the first of equal ones first', 9, 2, 1, [1, 3]],
    ['farther ones where these have too few rows', 0, 5, 91, [1, 3, 4, 0]],
    ['all where all together have too few', 0, 5, 1000, [1, 3, 4, 0, 2]],
  ])('%s come, in ascending order', (_, reach, most, least, wanted) => {
    const found = new Int32Array(most);
    const count = nearestCells(products, norms, -2, { reach, least, starts }, found);
    expect([...found.subarray(0, count)]).toEqual(wanted);
  });
});

test('every row has as many neighbours as asked where half of the rows are copies of one', async () => {
  const own = { ...points, data: points.data.slice() };
  for (let at = own.cols; at < own.data.length / 2; at++) own.data[at] = own.data[at - own.cols];
  const graph = await inCells(own);
  expect(graph.indices.includes(-1)).toBe(false);
  expect(shareOf(graph, own)).toBeGreaterThan(0.9);
});

test.each([
  [1, 8],
  [8, 8],
  [9, 16],
])('%i columns make a tile of %i', (count, wide) => {
  expect(wideOf(count)).toBe(wide);
});
