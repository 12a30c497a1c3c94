import { describe, expect, test } from 'vitest';
import { layout } from '../../src/layout/index.js';
import { cloud, graphOf, newsGraph, newsVectors, trustworthiness } from './graphs.js';

describe('the same bytes', () => {
  test.each([2, 5])('on 1, 2 and 3 threads, %i components', async (components) => {
    const run = async (threads: number) =>
      (await layout(newsGraph(), { components, threads, epochs: 60 })).points;
    const one = await run(1);
    expect(await run(2)).toEqual(one);
    expect(await run(3)).toEqual(one);
  });

  test('from the same seed, others from another', async () => {
    const graph = graphOf(cloud(200, 4), 10);
    const run = async (seed: number) => (await layout(graph, { seed })).points;
    const first = await run(42);
    expect(await run(42)).toEqual(first);
    expect(await run(43)).not.toEqual(first);
  });
});

describe('small and odd inputs', () => {
  for (const components of [1, 2, 5]) {
    test.each([0, 1, 2, 3, 4, 10])(`%i rows give finite points in ${components} dimensions`, async (rows) => {
      const { points } = await layout(graphOf(cloud(rows, 3), 15), { components });
      expect(points).toHaveLength(components * rows);
      expect(points.every(Number.isFinite)).toBe(true);
    });
  }
});

test('870 news rows keep their neighbours as well as umap-js lets them', async () => {
  const graph = newsGraph();
  const vectors = newsVectors();
  const ours = await layout(graph);
  const reference = await layout(graph, { engine: 'umap-js' });
  const trust = trustworthiness(vectors, ours.points, 870, 15);
  expect(trust).toBeGreaterThan(trustworthiness(vectors, reference.points, 870, 15) - 0.01);
  expect(trust).toBeGreaterThan(0.88);
});
