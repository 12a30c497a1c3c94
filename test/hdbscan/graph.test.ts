import { createHash } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Hdbscan, hdbscan, type Matrix, type NeighborGraph } from '../../src/hdbscan/index.js';
import { openKdTree } from '../../src/neighbors/kdtree.js';
import { withProcessors } from '../helpers/processors.js';
import { warmThreads } from '../helpers/threads.js';
import { randomFrom } from './kinds.js';

/** More than 2^20 listed pairs, from which several threads go through the lists. */
const ROWS = 70_000;
const NEIGHBORS = 16;

let graph: NeighborGraph;
let points: Matrix;

/** Groups and noise in the plane, on a grid, so that many distances are equal. */
beforeAll(async () => {
  const random = randomFrom(5);
  const data = Float32Array.from({ length: ROWS * 2 }, (_, at) => {
    const row = at >> 1;
    if (row % 10 === 9) return Math.round(random() * 4000);
    const centre = ((row % 97) * (at % 2 === 0 ? 37 : 59)) % 97;
    return Math.round(centre * 40 + (random() + random() + random()) * 30);
  });
  points = { data, rows: ROWS, cols: 2 };
  const tree = await openKdTree(points, { threads: 1 });
  graph = await tree.search(NEIGHBORS);
  tree.close();
});

beforeEach(() => withProcessors(4));
afterEach(() => {
  vi.restoreAllMocks();
});

const copyOf = ({ indices, distances, rows, neighbors }: NeighborGraph): NeighborGraph => ({
  indices: indices.slice(),
  distances: distances.slice(),
  rows,
  neighbors,
});

/** Every column of a fit, as a checksum: comparing arrays number by number takes a minute. */
function checksumsOf(fit: Hdbscan): unknown {
  return JSON.parse(
    JSON.stringify({ ...fit, settings: undefined }, (_, value) =>
      ArrayBuffer.isView(value)
        ? createHash('sha256')
            .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
            .digest('hex')
        : value,
    ),
  );
}

const options = { minClusterSize: 10, minSamples: 5 };

/** Fails unless fits with one to four threads are the same, column by column. */
async function expectSameOnThreads(fitOn: (threads: number) => Promise<Hdbscan>): Promise<void> {
  // A fit of points has threads that search and others that find the tree.
  await warmThreads(8);
  const expected = checksumsOf(await fitOn(1));
  for (const threads of [2, 3, 4]) expect(checksumsOf(await fitOn(threads))).toEqual(expected);
}

test('a graph of true nearest neighbours gives the same tree on any number of threads', async () => {
  await expectSameOnThreads((threads) => hdbscan(graph, { ...options, threads }));
});

test('points give the same tree on any number of threads, where float32 distances are equal and float64 ones are not', async () => {
  const scaled = { ...points, data: points.data.map((x) => x * 0.1) };
  const given = { ...options, neighbors: NEIGHBORS, alpha: 1.3 };
  await expectSameOnThreads((threads) => hdbscan(scaled, { ...given, threads }));
});

test('lists out of order, with doubles, empty slots and pairs of one side give the same tree on any number of threads', async () => {
  const damaged = copyOf(graph);
  const random = randomFrom(9);
  for (let at = 0; at < 3000; at++) {
    const slot = Math.floor(random() * ROWS * NEIGHBORS);
    if (at % 3 === 0) damaged.indices[slot] = -1;
    else if (at % 3 === 1) damaged.indices[slot] = Math.floor(random() * ROWS);
    else damaged.distances[slot] *= 1 + random();
  }
  await expectSameOnThreads((threads) => hdbscan(damaged, { ...options, threads }));
});

test('of several slots that cannot be, the first is named, whichever thread has it', async () => {
  await warmThreads(2);
  const wrong = copyOf(graph);
  for (const row of [69_990, 65_000, 41_234]) wrong.distances[row * NEIGHBORS + 3] = -1;
  for (const threads of [1, 2]) {
    await expect(hdbscan(wrong, { threads })).rejects.toThrow(
      'distances, row 41234, slot 3: -1 is not a distance',
    );
  }
});

test('an abort while other threads work ends the fit with its reason, and the next one is whole', async () => {
  await warmThreads(2);
  const controller = new AbortController();
  const reason = new Error('enough');
  const running = hdbscan(graph, { threads: 2, signal: controller.signal });
  setImmediate(() => controller.abort(reason));
  await expect(running).rejects.toBe(reason);
  const [one, two] = [await hdbscan(graph, { threads: 1 }), await hdbscan(graph, { threads: 2 })];
  expect(two.labels).toEqual(one.labels);
});
