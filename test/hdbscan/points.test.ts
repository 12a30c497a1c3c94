import { describe, expect, test } from 'vitest';
import { hdbscan } from '../../src/hdbscan/index.js';
import { findVertices } from '../../src/hdbscan/points.js';
import type { Matrix } from '../../src/shapes.js';
import { warmThreads } from '../helpers/threads.js';
import { seeded } from '../neighbors/reference.js';

const ROWS = 5000;

/** Points on a grid, so that many are equal, with clumps; every 50th row isn't finite where `isHoley`. */
function grid(cols: number, levels: number, isHoley: boolean): Matrix {
  const random = seeded(cols * levels);
  const data = new Float32Array(ROWS * cols);
  for (let row = 0; row < ROWS; row++) {
    const clump = random() < 0.5 ? 0.3 : 0;
    for (let t = 0; t < cols; t++) data[row * cols + t] = Math.floor((clump + random() ** 3) * levels) - 7;
    if (isHoley && row % 50 === 3) data[row * cols] = row % 100 === 3 ? Number.NaN : Number.NEGATIVE_INFINITY;
  }
  return { data, rows: ROWS, cols };
}

const rowText = ({ data, cols }: Matrix, row: number) => data.slice(row * cols, (row + 1) * cols).join();

describe('vertices of thousands of points', () => {
  for (const cols of [1, 2, 3, 5, 20]) {
    for (const levels of [40, 1e6]) {
      for (const isHoley of [false, true]) {
        test(`${cols} dimensions, ${levels} levels, ${isHoley ? 'with' : 'without'} holes: each different finite point once`, async () => {
          const points = grid(cols, levels, isHoley);
          const { points: vertices, validRows, rowOf, vertexOf, counts } = await findVertices(points);
          const valid = [...(validRows ?? Array.from({ length: ROWS }, (_, row) => row))];
          expect(valid.length).toBe(isHoley ? ROWS - ROWS / 50 : ROWS);
          const first = new Map<string, number>();
          const size = new Map<string, number>();
          for (const [row, original] of valid.entries()) {
            const text = rowText(points, original);
            if (!first.has(text)) first.set(text, row);
            size.set(text, (size.get(text) ?? 0) + 1);
          }
          expect(vertices.rows).toBe(first.size);
          for (let vertex = 0; vertex < vertices.rows; vertex++) {
            const text = rowText(vertices, vertex);
            expect(rowOf ? rowOf[vertex] : vertex).toBe(first.get(text));
            expect(counts ? counts[vertex] : 1).toBe(size.get(text));
          }
          for (const [row, original] of valid.entries()) {
            if (vertexOf) expect(rowText(vertices, vertexOf[row])).toBe(rowText(points, original));
          }
        });
      }
    }
  }
});

test('vertices in few dimensions lie in one order, whatever the order of the rows', async () => {
  const points = grid(3, 1e6, false);
  const backwards = new Float32Array(points.data.length);
  for (let row = 0; row < ROWS; row++) {
    backwards.set(points.data.subarray(row * 3, row * 3 + 3), (ROWS - 1 - row) * 3);
  }
  expect((await findVertices({ ...points, data: backwards })).points).toEqual(
    (await findVertices(points)).points,
  );
});

test('vertices lie in the same order however many threads find it, equal rows and zeros of either sign among them', async () => {
  const random = seeded(8);
  const rows = 100_000;
  const data = Float32Array.from({ length: rows * 3 }, (_, at) =>
    at % 7 < 3 ? random() * 1e3 : Math.round(random() * 4 - 2) * 0.5,
  );
  data[3 * 50_000] = Number.NaN;
  const points = { data, rows, cols: 3 };
  const alone = await findVertices(points, false, { threads: 1 });
  expect(alone.points.rows).toBeLessThan(rows - 1);
  await warmThreads(3);
  expect(await findVertices(points, false, { threads: 3 })).toEqual(alone);
});

test('5,000 points with equal ones and holes get what an order by rows gives, to the bit', async () => {
  const points = grid(2, 300, true);
  const options = { minClusterSize: 8, minSamples: 4 };
  const inSpace = await hdbscan(points, options);
  // Additional columns of zeros change no distance, but are too many dimensions for an order in space.
  const wide = new Float32Array(ROWS * 17);
  for (let row = 0; row < ROWS; row++) wide.set(points.data.subarray(row * 2, row * 2 + 2), row * 17);
  const byRows = await hdbscan({ data: wide, rows: ROWS, cols: 17 }, options);
  expect(inSpace.exactness.certified).toBe(true);
  expect(inSpace.invalidRows).toBe(ROWS / 50);
  expect(inSpace.clusterCount).toBeGreaterThan(5);
  for (const column of [
    'labels',
    'probabilities',
    'outlierScores',
    'coreDistances',
    'persistence',
  ] as const) {
    expect(inSpace[column]).toEqual(byRows[column]);
  }
  expect(inSpace.singleLinkage.distance).toEqual(byRows.singleLinkage.distance);
});

/** Groups of 40 rows in three areas far apart: lists of the rows inside end in their area. */
function areas(rows: number, cols: number): Matrix {
  const random = seeded(3);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const groups = Math.floor(rows / 40);
  const centres = Array.from({ length: groups }, (_, group) =>
    Array.from({ length: cols }, (_, col) => (col === group % 3 ? 30 : 0) + normal()),
  );
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const spread = 0.3 + random();
    for (let col = 0; col < cols; col++)
      data[row * cols + col] = centres[row % groups][col] + spread * normal();
  }
  return { data, rows, cols };
}

test('the tree is the same however many rows have to be compared again to prove it', async () => {
  const points = areas(2400, 20);
  const fitWith = (neighbors: number) =>
    hdbscan(points, { minClusterSize: 10, minSamples: 5, neighbors, engine: 'wasm' });
  const [short, middle, whole] = [await fitWith(12), await fitWith(60), await fitWith(2399)];
  expect(short.exactness.scannedRows).toBeGreaterThan(1000);
  expect(middle.exactness.scannedRows).toBeGreaterThan(512);
  expect(whole.exactness.scannedRows).toBe(0);
  for (const one of [short, middle]) {
    expect(one.exactness.certified).toBe(true);
    expect(one.coreDistances).toEqual(whole.coreDistances);
    expect(one.labels).toEqual(whole.labels);
    expect(one.singleLinkage.distance).toEqual(whole.singleLinkage.distance);
  }
});

test('ONNX Runtime, which compares rows once for all rounds of a tree, gives the same tree', async () => {
  const points = areas(4200, 20);
  const options = { minClusterSize: 10, minSamples: 5 };
  const once = await hdbscan(points, { ...options, neighbors: 12, engine: 'onnx' });
  const inRounds = await hdbscan(points, { ...options, neighbors: 60, engine: 'wasm' });
  expect(once.exactness).toMatchObject({ certified: true, rounds: 1 });
  expect(once.exactness.scannedRows).toBeGreaterThan(1024);
  expect(once.coreDistances).toEqual(inRounds.coreDistances);
  expect(once.labels).toEqual(inRounds.labels);
  expect(once.singleLinkage.distance).toEqual(inRounds.singleLinkage.distance);
});
