import { expect, test } from 'vitest';
import { neighbors } from '../../src/entry/neighbors.js';
import type { Matrix } from '../../src/shapes.js';
import { nearGiven } from '../../src/themes/given.js';

/** Unit rows around directions: `sizes[d]` of them near axis d of eight, seeded. */
function around(sizes: number[], width = 0.25): Matrix {
  const cols = 8;
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const data = new Float32Array(rows * cols);
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  let row = 0;
  for (const [axis, size] of sizes.entries()) {
    for (let i = 0; i < size; i++, row++) {
      const values = Array.from({ length: cols }, (_, c) => (c === axis ? 1 : 0) + width * random());
      const length = Math.hypot(...values);
      for (let c = 0; c < cols; c++) data[row * cols + c] = values[c] / length;
    }
  }
  return { data, rows, cols };
}

/** A topic vector that points weakly at an axis, as a few words do. */
function label(...axes: number[]): Matrix {
  const data = new Float32Array(axes.length * 8);
  for (const [at, axis] of axes.entries()) {
    const values = Array.from({ length: 8 }, (_, c) => (c === axis ? 0.6 : 0.3));
    const length = Math.hypot(...values);
    for (let c = 0; c < 8; c++) data[at * 8 + c] = values[c] / length;
  }
  return { data, rows: axes.length, cols: 8 };
}

const assign = async (rows: Matrix, topics: Matrix, reach = 2) =>
  nearGiven(rows, await neighbors(rows, { neighbors: 15 }), topics, reach);

test('rows near a given topic get it, and those of other themes get none', async () => {
  const rows = around([60, 60, 60, 60, 60, 60]);
  const { topic, sure } = await assign(rows, label(0, 1));
  const of = (axis: number) => Array.from(topic.subarray(axis * 60, (axis + 1) * 60));
  expect(of(0).filter((t) => t === 0).length).toBeGreaterThan(50);
  expect(of(1).filter((t) => t === 1).length).toBeGreaterThan(50);
  for (const axis of [2, 3, 4, 5]) expect(of(axis).every((t) => t === -1)).toBe(true);
  expect(sure[topic.indexOf(0)]).toBeGreaterThan(0.8);
  expect(sure[topic.indexOf(-1)]).toBe(0);
});

test('a larger reach takes in more rows', async () => {
  const rows = around([60, 60, 60, 60, 60, 60], 0.6);
  const count = async (reach: number) =>
    (await assign(rows, label(0), reach)).topic.filter((t) => t >= 0).length;
  const [near, far] = [await count(1), await count(4)];
  expect(near).toBeGreaterThan(0);
  expect(far).toBeGreaterThan(near);
});

test('a topic with fewer clear rows than chance gives gets none', async () => {
  const { topic } = await assign(around([200, 200, 2]), label(2));
  expect(topic.every((t) => t === -1)).toBe(true);
});

test('no rows, one row and rows without neighbours need no special care', async () => {
  const none = { indices: new Int32Array(), distances: new Float32Array(), rows: 0, neighbors: 0 };
  expect(
    (await nearGiven({ data: new Float32Array(), rows: 0, cols: 8 }, none, label(0), 2)).topic,
  ).toHaveLength(0);
  const one = {
    indices: Int32Array.of(-1),
    distances: Float32Array.of(Number.POSITIVE_INFINITY),
    rows: 1,
    neighbors: 1,
  };
  expect((await nearGiven(around([1]), one, label(0, 1), 2)).topic).toEqual(Int32Array.of(-1));
});

test('the order of the rows changes nothing', async () => {
  const rows = around([50, 50, 50], 0.6);
  const turned = { ...rows, data: new Float32Array(rows.data.length) };
  for (let row = 0; row < 150; row++)
    turned.data.set(rows.data.subarray((149 - row) * 8, (150 - row) * 8), row * 8);
  const { topic } = await assign(rows, label(0, 1));
  expect((await assign(turned, label(0, 1))).topic.reverse()).toEqual(topic);
});
