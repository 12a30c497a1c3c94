import { expect, test, vi } from 'vitest';
import { percent } from '../../src/counted.js';
import { openCells } from '../../src/neighbors/cells.js';
import { findNeighbors } from '../../src/neighbors/neighbors.js';
import type { Progress } from '../../src/progress.js';
import { withProcessors } from '../helpers/processors.js';
import { bruteForce, bruteForeign, clustered, distanceOf } from './reference.js';

/** More rows than one cell holds. */
const points = clustered(6000, 33, 3, true);
const K = 12;
/** Rows whose true neighbours are looked up. */
const SOME = Array.from({ length: 300 }, (_, at) => at * 20 + 7);
const truth = bruteForce(points, K, SOME);

/** Share of the true neighbours that a graph lists. */
function shareOf(distances: Float32Array, wanted = truth): number {
  let hits = 0;
  for (const [at, row] of SOME.entries()) {
    for (const distance of distances.subarray(row * K, (row + 1) * K)) {
      if (distance <= wanted.distances[at * K + K - 1]) hits++;
    }
  }
  return hits / (SOME.length * K);
}

test('cells find nearly all true neighbours and say how many, with an interval that holds the share of other rows', async () => {
  const reported: Progress[] = [];
  const graph = await findNeighbors(points, K, {
    engine: 'cells',
    threads: 2,
    onProgress: (progress) => reported.push(progress),
  });
  expect([graph.engine, graph.exact]).toEqual(['cells', false]);
  const share = shareOf(graph.distances);
  expect(share).toBeGreaterThan(0.95);
  const [low, high] = graph.recallInterval ?? [1, 0];
  expect(low).toBeLessThanOrEqual(share);
  expect(high).toBeGreaterThanOrEqual(share);
  expect(reported.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(
      new RegExp(
        `^the approximate search found ${percent(graph.recall ?? 0, 1)} of the true neighbours of \\d+ rows \\(95 % interval: ${percent(low, 1)} to ${percent(high, 1)}\\)$`,
      ),
    ),
  );
  const done = reported.flatMap((progress) => progress.done ?? []);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(done.at(-1)).toBe(6000);
});

test('making the cells is reported from the start, and stops on an abort', async () => {
  const stop = new AbortController();
  const shares: number[] = [];
  const onProgress = ({ done = 0 }: Progress) => {
    shares.push(done / points.rows);
    stop.abort(new Error('enough'));
  };
  await expect(openCells(points, { threads: 2, signal: stop.signal, onProgress })).rejects.toThrow('enough');
  expect(shares).toHaveLength(1);
  expect(shares[0]).toBeGreaterThan(0);
  expect(shares[0]).toBeLessThan(0.25);
});

test('lists hold true distances, sorted by distance and row, each row once and never the row itself', async () => {
  const own = { ...points, data: points.data.slice() };
  for (let row = 1; row < 30; row++) own.data.copyWithin(row * own.cols, 0, own.cols);
  const graph = await findNeighbors(own, K, { engine: 'cells', threads: 2 });
  for (let row = 0; row < own.rows; row += row < 40 ? 1 : 97) {
    const others = [...graph.indices.subarray(row * K, (row + 1) * K)];
    const distances = others.map((other) => distanceOf(own, row, other));
    expect(new Set(others).size).toBe(K);
    expect(others).not.toContain(row);
    expect([...graph.distances.subarray(row * K, (row + 1) * K)]).toEqual(distances);
    const sorted = others.map((other, at) => [distances[at], other]);
    expect(sorted).toEqual([...sorted].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
  }
});

test('any number of threads gives the same lists', async () => {
  withProcessors(3);
  const [one, three] = await Promise.all(
    [1, 3].map((threads) => findNeighbors(points, K, { engine: 'cells', threads })),
  );
  expect(three.indices).toEqual(one.indices);
  expect(three.distances).toEqual(one.distances);
  vi.restoreAllMocks();
});

test('points far from the origin are found as well as near it', async () => {
  const far = { ...points, data: points.data.map((number) => number + 5000) };
  const { distances } = await findNeighbors(far, K, { engine: 'cells', threads: 2 });
  expect(shareOf(distances, bruteForce(far, K, SOME))).toBeGreaterThan(0.9);
});

test.each([-83, 70])(
  'numbers times 2 to the %i, whose squares float32 can not hold, give the same neighbours',
  async (power) => {
    const own = { ...points, data: points.data.map((number) => number * 2 ** power) };
    const plain = await findNeighbors(points, K, { engine: 'cells', threads: 2 });
    const graph = await findNeighbors(own, K, { engine: 'cells', threads: 2 });
    expect(graph.indices).toEqual(plain.indices);
    expect(graph.distances).toEqual(plain.distances.map((distance) => distance * 2 ** power));
  },
);

test('some rows are compared with all others, and the cheapest foreign edge is exact', async () => {
  const searcher = await openCells(points, { threads: 1 });
  const rows = Int32Array.of(SOME[0], SOME[1]);
  const wide = await searcher.widen(rows, K);
  expect(wide.indices).toEqual(truth.indices.subarray(0, 2 * K));
  expect(wide.distances).toEqual(truth.distances.subarray(0, 2 * K));
  const component = Int32Array.from({ length: points.rows }, (_, row) => row % 2);
  const core = new Float64Array(points.rows).fill(0.1);
  const edges = await searcher.nearestForeign(rows, component, core, 1);
  searcher.close();
  expect(edges).toEqual(bruteForeign(points, rows, component, core, 1));
});

test.each([1, 2, 3, 60])('%i rows have empty slots where there are no others', async (rows) => {
  const few = clustered(rows, 3, 9);
  const searcher = await openCells(few, { threads: 1 });
  const graph = await searcher.search(70);
  searcher.close();
  const { indices, distances } = bruteForce(few, 70);
  expect(graph.indices).toEqual(indices);
  expect(graph.distances).toEqual(distances);
});
