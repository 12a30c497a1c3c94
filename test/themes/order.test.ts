import { describe, expect, test } from 'vitest';
import { hdbscan } from '../../src/hdbscan/index.js';
import {
  canonicalOrder,
  placesOf,
  takeFit,
  takeGraph,
  takeMatrix,
  takeRows,
} from '../../src/themes/order.js';
import { directions, nearestOthers, shuffled } from './data.js';

const vectors = directions(50, 8, 3, 0.4);
const texts = Array.from({ length: 50 }, (_, row) => `text ${row}`);

describe('canonicalOrder', () => {
  test('shuffled rows come out in the same order', async () => {
    const order = await canonicalOrder(texts, vectors);
    expect(Array.from(order).sort((a, b) => a - b)).toEqual([...texts.keys()]);
    for (const seed of [1, 2, 3]) {
      const mixed = shuffled(50, seed);
      const again = await canonicalOrder(
        Array.from(mixed, (row) => texts[row]),
        takeMatrix(vectors, mixed),
      );
      expect(Array.from(again, (row) => mixed[row])).toEqual(Array.from(order));
    }
  });

  test('equal vectors are ordered by text, then by the other cells', async () => {
    const same = { data: new Float32Array(8).fill(1), rows: 4, cols: 2 };
    const cells = ['z', 'y', 'x', 'w'];
    expect(Array.from(await canonicalOrder(['b', 'a', 'b', 'a'], same, (row) => cells[row]))).toEqual([
      3, 1, 2, 0,
    ]);
  });

  test('zero and minus zero are one number', async () => {
    const signs = { data: Float32Array.of(0, 1, -0, 1), rows: 2, cols: 2 };
    expect(Array.from(await canonicalOrder(['b', 'a'], signs))).toEqual([1, 0]);
  });

  test('without vectors texts decide', async () => {
    const mixed = shuffled(50, 4);
    const order = await canonicalOrder(texts);
    const again = await canonicalOrder(Array.from(mixed, (row) => texts[row]));
    expect(Array.from(again, (row) => mixed[row])).toEqual(Array.from(order));
  });
});

describe('and back', () => {
  const order = shuffled(50, 9);
  const places = placesOf(order);

  test('a graph of rows in order is the graph of the rows as read, renumbered', async () => {
    const direct = nearestOthers(vectors, 6);
    const back = takeGraph(nearestOthers(takeMatrix(vectors, order), 6), places, order);
    expect(back).toEqual(direct);
    expect(takeRows(takeRows(vectors.data, order, 8), places, 8)).toEqual(vectors.data);
  });

  test('a fit of rows in order is the fit of the rows as read', async () => {
    const options = { minClusterSize: 4, minSamples: 3 };
    const direct = await hdbscan(vectors, options);
    const back = takeFit(await hdbscan(takeMatrix(vectors, order), options), order, places);
    expect(back.coreDistances).toEqual(direct.coreDistances);
    expect(back.outlierScores).toEqual(direct.outlierScores);
    expect(back.probabilities).toEqual(direct.probabilities);
    expect(back.condensedTree.lambda.slice(0, 50)).toEqual(direct.condensedTree.lambda.slice(0, 50));
    expect(back.condensedTree.child).toEqual(direct.condensedTree.child);
    expect(back.points).toEqual(direct.points);
    expect(back.minimumSpanningTree.weight).toEqual(direct.minimumSpanningTree.weight);
    const { from, to, weight } = back.minimumSpanningTree;
    for (let edge = 0; edge < weight.length; edge++) {
      let squared = 0;
      for (let t = 0; t < 8; t++) {
        squared += (vectors.data[from[edge] * 8 + t] - vectors.data[to[edge] * 8 + t]) ** 2;
      }
      const reach = Math.max(
        Math.sqrt(squared),
        direct.coreDistances[from[edge]],
        direct.coreDistances[to[edge]],
      );
      expect(reach).toBeCloseTo(weight[edge], 5);
    }
  });
});
