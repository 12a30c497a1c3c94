import { expect, test } from 'vitest';
import { type AveragedPool, withAveragedPool } from '../../src/layout/averaged-module.js';
import { averagedNeighbors, averagesOf } from '../../src/layout/averages.js';
import { seededRandom } from '../../src/layout/random.js';
import type { NeighborGraph } from '../../src/shapes.js';

const [ROWS, COLS, NEIGHBORS] = [150, 13, 37];
const random = seededRandom(3);
const vectors = {
  data: Float32Array.from({ length: ROWS * COLS }, () => random.normal()),
  rows: ROWS,
  cols: COLS,
};
vectors.data.fill(0, COLS, 2 * COLS);
vectors.data[2 * COLS] = Number.NaN;
const graph: NeighborGraph = {
  indices: Int32Array.from(
    { length: ROWS * NEIGHBORS },
    (_, at) => (Math.floor(at / NEIGHBORS) + 1 + (at % NEIGHBORS) * 3) % ROWS,
  ),
  distances: new Float32Array(ROWS * NEIGHBORS).fill(1),
  rows: ROWS,
  neighbors: NEIGHBORS,
};
// A list that ends early.
graph.indices.fill(-1, 4 * NEIGHBORS + 5, 5 * NEIGHBORS);
const some = Int32Array.of(4, 0, 149, 1, 2, 77);

/** The average of a row by its definition. */
function averageOf(row: number): number[] {
  const at = row * NEIGHBORS;
  const members = [row, ...graph.indices.subarray(at, at + averagedNeighbors(ROWS))].filter(
    (other) => other >= 0,
  );
  const sum = new Array<number>(COLS).fill(0);
  for (const member of members) {
    const own = vectors.data.subarray(member * COLS, (member + 1) * COLS);
    const length = Math.hypot(...own);
    if (length > 0) for (let c = 0; c < COLS; c++) sum[c] += own[c] / length;
  }
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}

async function averagesIn(pool: AveragedPool, piece?: number): Promise<number[][]> {
  const { at, rows, width } = await averagesOf(pool, graph, vectors, some, {}, piece);
  const data = pool.kernel.arena.f32(at, rows * width);
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * width, (row + 1) * width)]);
}

test('averages are those of unit vectors, without rows of no length or with a NaN, at length 1', async () => {
  const found = await withAveragedPool(1, (pool) => averagesIn(pool));
  for (const [at, row] of some.entries()) {
    const expected = averageOf(row);
    for (let c = 0; c < COLS; c++) expect(found[at][c]).toBeCloseTo(expected[c], 6);
    // Columns that the kernels add.
    expect(found[at].slice(COLS)).toEqual([0, 0, 0]);
  }
});

test('vectors copied in pieces, and two threads, give the same bytes', async () => {
  const whole = await withAveragedPool(1, (pool) => averagesIn(pool));
  for (const piece of [1, 50 * 16, 90 * 16])
    expect(await withAveragedPool(2, (pool) => averagesIn(pool, piece))).toEqual(whole);
});
