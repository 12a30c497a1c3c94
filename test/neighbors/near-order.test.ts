// The order in which rows are multiplied.
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as centreThread from '../../src/neighbors/centre-thread.js';
import { loadNative } from '../../src/neighbors/native.js';
import { nearOrder, normsOf } from '../../src/neighbors/near-order.js';
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

test('an aborted signal ends the ordering with its reason', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  const points = { data: new Float32Array(300 * 3), rows: 300, cols: 3 };
  await expect(nearOrder(ort, session, points, { signal })).rejects.toThrow('enough');
});

test('a thread finds the nearest centre of each row, also in a last chunk that is not full', async () => {
  const [rows, cols] = [centreThread.ROWS + 70, 6];
  const random = seeded(2);
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2 });
  const points = new Float32Array(memory.buffer, 64, rows * cols).map(() => random());
  new Float32Array(memory.buffer, 64, rows * cols).set(points);
  const centres = { data: Float32Array.from({ length: 30 * cols }, random), rows: 30, cols };
  const init = { data: centres.data, norms: normsOf(centres), cols };
  const step = await centreThread.open({ exports: {}, memory }, init);
  const cellsAt = 64 + rows * cols * 4;
  for (let chunk = 0; chunk < 2; chunk++) await step(chunk, 0, 64, rows, cellsAt);
  const distance = (row: number, centre: number) => {
    let square = 0;
    for (let t = 0; t < cols; t++) square += (points[row * cols + t] - centres.data[centre * cols + t]) ** 2;
    return square;
  };
  const nearest = Int32Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let centre = 1; centre < 30; centre++)
      if (distance(row, centre) < distance(row, best)) best = centre;
    return best;
  });
  expect(new Int32Array(memory.buffer, cellsAt, rows)).toEqual(nearest);
});
