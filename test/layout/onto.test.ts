import { expect, test } from 'vitest';
import { extendOnto, placeOnto } from '../../src/layout/onto.js';
import { takeGraph } from '../../src/themes/order.js';

/** Twenty rows in two heaps of ten, at 0 and at 10. */
const made = {
  points: Float32Array.from({ length: 40 }, (_, at) => (at < 20 ? 0 : 10) + ((at >> 1) % 10) * 0.1),
  rows: 20,
  options: { components: 2, seed: 3, epochs: 50, minDist: 0, threads: 1 },
};

/** Three new rows: near the first heap, near the second, and one that equals row 4. */
const near = {
  indices: Int32Array.of(0, 1, 2, 3, 12, 13, 14, 15, 4, 5, 6, 7),
  distances: Float32Array.of(0.5, 0.6, 0.7, 0.8, 0.2, 0.3, 0.4, 0.5, 0, 0.1, 0.2, 0.3),
  rows: 3,
  neighbors: 4,
};

test('a new row has the same place alone and among others, near its neighbours', async () => {
  const together = await placeOnto(made, near);
  for (const row of [0, 1, 2]) {
    const alone = takeGraph(
      near,
      Int32Array.of(row),
      Int32Array.from({ length: 20 }, (_, at) => at),
    );
    expect(await placeOnto(made, alone)).toEqual(together.slice(2 * row, 2 * row + 2));
  }
  for (const at of [0, 1]) {
    expect(Math.abs(together[at])).toBeLessThan(3);
    expect(Math.abs(together[2 + at] - 10)).toBeLessThan(3);
  }
  expect(together.slice(4)).toEqual(made.points.slice(8, 10));
  const none = { indices: new Int32Array(0), distances: new Float32Array(0), rows: 0, neighbors: 4 };
  expect(await placeOnto(made, none)).toEqual(new Float32Array(0));
});

test('rows that are placed together see each other: one without an old neighbour joins those that have one', async () => {
  const lists = { ...near, indices: near.indices.slice(), distances: near.distances.slice() };
  // The second row's only neighbour is the first new one, row 20 of both.
  lists.indices.set([20, -1, -1, -1], 4);
  lists.distances.set([0.1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 4);
  const placed = await extendOnto(made, lists);
  const [x, y] = placed.slice(2, 4);
  expect(Math.hypot(x, y)).toBeLessThan(Math.hypot(x - 10, y - 10));
});
