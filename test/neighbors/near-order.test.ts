// The order in which rows are multiplied.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadNative } from '../../src/neighbors/native.js';
import { nearOrder } from '../../src/neighbors/near-order.js';
import { scoreGraph } from '../../src/neighbors/onnx-graph.js';
import type { Ort } from '../../src/neighbors/operands.js';
import { seeded } from './reference.js';

let ort: Ort;
let session: Awaited<ReturnType<Ort['InferenceSession']['create']>>;

beforeAll(async () => {
  ort = await loadNative('onnxruntime-node');
  session = await ort.InferenceSession.create(scoreGraph());
});

afterAll(() => session.release());

const ascending = (order: Int32Array) => order.slice().sort();
const counted = (rows: number) => Int32Array.from({ length: rows }, (_, row) => row);

test('rows of far groups that come in turn are put together, each row once', async () => {
  const [rows, groups, cols] = [1200, 4, 5];
  const random = seeded(1);
  const data = Float32Array.from({ length: rows * cols }, (_, at) => {
    const group = Math.floor(at / cols) % groups;
    return (at % cols === group ? 100 : 0) + random();
  });
  const order = await nearOrder(ort, session, { data, rows, cols });
  expect(ascending(order)).toEqual(counted(rows));
  let changes = 0;
  for (let place = 1; place < rows; place++) {
    if (order[place] % groups !== order[place - 1] % groups) changes++;
  }
  // In the order given the group changes at each of 1,199 places.
  expect(changes).toBe(groups - 1);
});

test.each([
  ['no row', 0, () => 1],
  ['one row', 1, () => 1],
  ['fewer rows than centres', 5, (at: number) => at],
  ['equal rows', 300, () => 7],
  ['numbers whose squares pass the range of float32', 300, (at: number) => (at % 11) * 1e30],
])('%s: each row once', async (_, rows, value) => {
  const data = Float32Array.from({ length: rows * 3 }, (_, at) => value(at));
  expect(ascending(await nearOrder(ort, session, { data, rows, cols: 3 }))).toEqual(counted(rows));
});
