import { expect, test } from 'vitest';
import { extendAveraged, placeAveraged } from '../../src/layout/among-averaged.js';
import { averagedSpace } from '../../src/layout/averaged.js';
import { AVERAGED_COLUMNS, isAveraged } from '../../src/layout/averaged-columns.js';
import { openSearcher } from '../../src/neighbors/open.js';
import { type Matrix, pickRows } from '../../src/shapes.js';
import { takeGraph } from '../../src/themes/order.js';
import { clustered } from '../neighbors/reference.js';

const ROWS = 240;
const GROUPS = 4;

async function neighborsOf(vectors: Matrix, count = 40) {
  const searcher = await openSearcher(vectors, { threads: 1 });
  try {
    return await searcher.search(count);
  } finally {
    searcher.close();
  }
}

const all = (count: number) => Int32Array.from({ length: count }, (_, row) => row);

function distance({ data, cols }: Matrix, a: number, b: number): number {
  return Math.hypot(...all(cols).map((d) => data[a * cols + d] - data[b * cols + d]));
}

const vectors = clustered(ROWS, 32, GROUPS, true);
const graph = await neighborsOf(vectors);
const space = await averagedSpace(graph, vectors, { threads: 1 });

test('neighbours by vectors lie much closer than other rows, and one or two threads give the same bytes', async () => {
  expect(isAveraged(space)).toBe(true);
  let [near, far] = [0, 0];
  for (let row = 0; row < ROWS; row++) {
    near += distance(space, row, graph.indices[row * graph.neighbors]) / ROWS;
    far += distance(space, row, (row * 7 + 1) % ROWS) / ROWS;
  }
  expect(near).toBeLessThan(far / 10);
  expect(await averagedSpace(graph, vectors, { threads: 2 })).toEqual(space);
});

test('rows that stay keep nearly their distances when a tenth of the rows is left out', async () => {
  const kept = all(ROWS).filter((row) => row % 10 !== 3);
  const some = pickRows(vectors, kept);
  const fewer = await averagedSpace(await neighborsOf(some), some, { threads: 1 });
  let [change, sum] = [0, 0];
  for (let at = 1; at < kept.length; at++) {
    const before = distance(space, kept[at - 1], kept[at]);
    change += Math.abs(before - distance(fewer, at - 1, at));
    sum += before;
  }
  expect(change / sum).toBeLessThan(0.15);
});

test('equal rows share a place, and a row of no length without neighbours lies outside the others', async () => {
  const data = vectors.data.slice();
  data.copyWithin(32, 0, 32);
  data.fill(0, 64, 96);
  const changed = { ...vectors, data };
  const lists = await neighborsOf(changed);
  const { neighbors } = lists;
  lists.indices.fill(-1, 2 * neighbors, 3 * neighbors);
  lists.distances.fill(Number.POSITIVE_INFINITY, 2 * neighbors, 3 * neighbors);
  for (const [at, other] of lists.indices.entries()) {
    if (other !== 2) continue;
    lists.indices[at] = -1;
    lists.distances[at] = Number.POSITIVE_INFINITY;
  }
  const made = await averagedSpace(lists, changed, { threads: 1 });
  expect(made.data.every(Number.isFinite)).toBe(true);
  expect(distance(made, 0, 1)).toBe(0);
  const others = all(ROWS).filter((row) => row !== 2);
  const nearest = Math.min(...Array.from(others, (row) => distance(made, 2, row)));
  expect(nearest).toBeGreaterThan(Math.max(...Array.from(others, (row) => distance(made, row, 0))) / 10);
});

test('a new row has the same place alone and among others, near where it lies when all rows are placed together', async () => {
  const kept = all(ROWS).filter((row) => row >= 20);
  const fixed = await averagedSpace(await neighborsOf(pickRows(vectors, kept)), pickRows(vectors, kept), {
    threads: 1,
  });
  // Lists of the first twenty rows, old ones numbered first, then the new ones.
  const number = Int32Array.from(all(ROWS), (row) => (row < 20 ? ROWS - 20 + row : row - 20));
  const lists = takeGraph(graph, all(20), number);
  const old = { ...lists, indices: lists.indices.map((at) => (at < ROWS - 20 ? at : -1)) };
  const together = await placeAveraged(fixed, old, {});
  const alone = await placeAveraged(fixed, takeGraph(old, Int32Array.of(5), all(ROWS)), {});
  expect(alone).toEqual(together.slice(5 * AVERAGED_COLUMNS, 6 * AVERAGED_COLUMNS));
  const seen = await extendAveraged(fixed, lists, {});
  for (const placed of [together, seen]) {
    const whole = { data: Float32Array.of(...fixed.data, ...placed), rows: ROWS, cols: AVERAGED_COLUMNS };
    for (let row = 0; row < 20; row++) {
      const other = number[graph.indices[row * graph.neighbors + 1]];
      const far = number[(row + 101) % ROWS];
      if (other < ROWS - 20 && far < ROWS - 20 && distance(fixed, other, far) > 2)
        expect(distance(whole, ROWS - 20 + row, other)).toBeLessThan(distance(whole, ROWS - 20 + row, far));
    }
  }
  expect(
    await placeAveraged(
      fixed,
      { ...old, rows: 0, indices: new Int32Array(0), distances: new Float32Array(0) },
      {},
    ),
  ).toEqual(new Float32Array(0));
});

test('an abort ends it with its reason', async () => {
  const reason = new Error('enough');
  await expect(averagedSpace(graph, vectors, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('vectors of other rows than the graph has are refused', async () => {
  const fewer = pickRows(vectors, all(ROWS - 1));
  await expect(averagedSpace(graph, fewer)).rejects.toThrow(
    'vectors must have as many rows as the graph, 240; got 239',
  );
});
