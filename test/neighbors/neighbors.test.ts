import { expect, test } from 'vitest';
import { neighbors, openSearcher } from '../../src/entry/neighbors.js';
import { findNeighbors } from '../../src/neighbors/neighbors.js';
import { bruteForce, clustered } from './reference.js';

test('findNeighbors gives the graph, who searched, and that it is exact', async () => {
  const points = clustered(200, 3, 1);
  const { engine, exact, recall, ...graph } = await findNeighbors(points, 4, { engine: 'wasm' });
  expect(graph).toEqual(bruteForce(points, 4));
  expect({ engine, exact, recall }).toEqual({ engine: 'wasm', exact: true, recall: undefined });
});

for (const [name, points, k, message] of [
  [
    'a wrong length',
    { data: new Float32Array(5), rows: 2, cols: 3 },
    1,
    'data has 5 numbers: must be rows × cols, 2 × 3',
  ],
  [
    'no columns',
    { data: new Float32Array(0), rows: 0, cols: 0 },
    1,
    'data has 0 numbers: must be rows × cols, 0 × 0',
  ],
  ['k of 0', clustered(4, 2, 1), 0, 'neighbors must be a whole number of at least 1; got 0'],
  ['k of 1.5', clustered(4, 2, 1), 1.5, 'neighbors must be a whole number of at least 1; got 1.5'],
  [
    'a NaN',
    { data: Float32Array.from([1, 2, 3, Number.NaN]), rows: 2, cols: 2 },
    1,
    'row 1, column 1: NaN is not finite',
  ],
] as const) {
  test(`${name} is refused`, async () => {
    await expect(neighbors(points, { neighbors: k })).rejects.toThrow(message);
    await expect(openSearcher(points, { neighbors: k })).rejects.toThrow(message);
  });
}

test('an open search gives the same lists, and those of some rows', async () => {
  const points = clustered(200, 3, 1);
  const searcher = await openSearcher(points, { engine: 'wasm' });
  expect(await searcher.search(4)).toEqual(bruteForce(points, 4));
  const { indices } = await searcher.widen(Int32Array.of(7), 4);
  expect(indices).toEqual(bruteForce(points, 4).indices.subarray(7 * 4, 8 * 4));
  searcher.close();
});
