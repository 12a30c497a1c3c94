import { expect, test } from 'vitest';
import { foldRows, inDepthFirstOrder } from '../../src/layout/vertices.js';
import { seeded } from '../neighbors/reference.js';

/** Places on a line, in the order of chance; each with its nearest two on both sides. */
function shuffledLine(rows: number) {
  const random = seeded(4);
  const places = Array.from({ length: rows }, (_, place) => ({ place, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ place }) => place);
  const rowAt = new Int32Array(rows);
  for (const [row, place] of places.entries()) rowAt[place] = row;
  const indices = new Int32Array(rows * 4).fill(-1);
  const distances = new Float32Array(rows * 4).fill(Number.POSITIVE_INFINITY);
  for (const [row, place] of places.entries()) {
    for (const [slot, step] of [1, -1, 2, -2].entries()) {
      if (place + step < 0 || place + step >= rows) continue;
      indices[row * 4 + slot] = rowAt[place + step];
      distances[row * 4 + slot] = Math.abs(step);
    }
  }
  return { graph: { indices, distances, rows, neighbors: 4 }, places };
}

test('in depth-first order neighbours have numbers near each other, and every vertex keeps its rows', () => {
  const { graph, places } = shuffledLine(1000);
  // Two rows at one place are one vertex, a row without neighbours none.
  graph.distances[0] = 0;
  graph.indices.fill(-1, 4 * 500, 4 * 501);
  const other = graph.indices.map((index) => (index === 500 ? -1 : index));
  const folded = foldRows({ ...graph, indices: other }, 4);
  const ordered = inDepthFirstOrder(folded, { ...graph, indices: other }, 4);
  expect(ordered).toMatchObject({ count: 998, isolated: 1, folded: 1 });
  expect(Array.from(ordered.rows).sort((a, b) => a - b)).toEqual(Array.from(folded.rows));
  for (let vertex = 0; vertex < ordered.count; vertex++)
    expect(ordered.ofRow[ordered.rows[vertex]]).toBe(vertex);
  const together = (ofRow: Int32Array) =>
    Array.from(ofRow.keys(), (row) => [ofRow[row], folded.ofRow[row]].map((number) => number < 0));
  expect(together(ordered.ofRow).every(([now, before]) => now === before)).toBe(true);
  const jumps = (rows: Int32Array) =>
    Array.from(rows.subarray(1), (row, at) => Math.abs(places[row] - places[rows[at]])).filter(
      (jump) => jump > 2,
    );
  expect(jumps(folded.rows).length).toBeGreaterThan(900);
  expect(jumps(ordered.rows).length).toBeLessThan(20);
});
