import { expect, test } from 'vitest';
import { percent } from '../../src/counted.js';
import { findNeighbors } from '../../src/neighbors/neighbors.js';
import { openUsearch } from '../../src/neighbors/usearch.js';
import type { Progress } from '../../src/progress.js';
import { bruteForce, bruteForeign, clustered, distanceOf } from './reference.js';

test('usearch finds nearly all true neighbours, says how many, and its distances are the true ones', async () => {
  const points = clustered(3000, 32, 3, true);
  const reported: Progress[] = [];
  const graph = await findNeighbors(points, 10, {
    engine: 'usearch',
    threads: 2,
    onProgress: (progress) => reported.push(progress),
  });
  expect(graph.engine).toBe('usearch');
  expect(graph.exact).toBe(false);
  const truth = bruteForce(points, 10);
  let hits = 0;
  graph.distances.forEach((distance, at) => {
    if (distance <= truth.distances[Math.floor(at / 10) * 10 + 9]) hits++;
  });
  expect(hits / graph.distances.length).toBeGreaterThan(0.95);
  expect(Math.abs(graph.recall! - hits / graph.distances.length)).toBeLessThan(0.03);
  for (let row = 0; row < 3000; row += 371) {
    for (let place = row * 10; place < row * 10 + 10; place++) {
      expect(graph.distances[place]).toBe(distanceOf(points, row, graph.indices[place]));
    }
  }
  const [low, high] = graph.recallInterval!;
  expect(low).toBeLessThan(graph.recall!);
  expect(high).toBeGreaterThanOrEqual(graph.recall!);
  expect(high - low).toBeLessThan(0.05);
  expect(reported.map(({ message }) => message)).toContain(
    `usearch found ${percent(graph.recall!, 1)} of the true neighbours of 200 rows (95 % interval: ${percent(low, 1)} to ${percent(high, 1)})`,
  );
});

test('usearch never lists the row itself, duplicates or not', async () => {
  const points = clustered(400, 8, 2);
  for (let row = 1; row < 6; row++) points.data.copyWithin(row * 8, 0, 8);
  const searcher = await openUsearch(points, { threads: 1 });
  const graph = await searcher.search(12);
  graph.indices.forEach((index, at) => {
    expect(index).not.toBe(Math.floor(at / 12));
  });
  searcher.close();
});

test('usearch searches for a single row and finds the cheapest foreign edge exactly', async () => {
  const points = clustered(300, 8, 9);
  const searcher = await openUsearch(points, { threads: 1 });
  const wide = await searcher.widen(Int32Array.of(7), 5);
  expect(wide.indices).toHaveLength(5);
  expect(wide.distances[0]).toBe(distanceOf(points, 7, wide.indices[0]));
  const component = Int32Array.from({ length: 300 }, (_, row) => row % 2);
  const core = new Float64Array(300).fill(0.1);
  const rows = Int32Array.of(3, 4);
  const edges = await searcher.nearestForeign(rows, component, core, 1);
  searcher.close();
  expect(edges).toEqual(bruteForeign(points, rows, component, core, 1));
});

test('usearch fills with -1 and infinity where there are fewer rows than neighbours wanted', async () => {
  const searcher = await openUsearch(clustered(3, 4, 9), { threads: 1 });
  const graph = await searcher.search(5);
  searcher.close();
  expect([...graph.indices.slice(2, 5)]).toEqual([-1, -1, -1]);
  expect(graph.distances[4]).toBe(Number.POSITIVE_INFINITY);
});
