import { describe, expect, test } from 'vitest';
import { layout } from '../../src/layout/index.js';
import { cloud, graphOf } from './graphs.js';

describe('engine umap-js', () => {
  test.each([0, 1, 2, 3, 4, 10, 30])('%i rows give as many finite points', async (rows) => {
    const { points } = await layout(graphOf(cloud(rows, 3), 15), { engine: 'umap-js', epochs: 50 });
    expect(points).toHaveLength(2 * rows);
    expect(points.every(Number.isFinite)).toBe(true);
  });

  test('the same seed gives the same points, another seed others', async () => {
    const graph = graphOf(cloud(40, 3), 5);
    const run = async (seed: number) => (await layout(graph, { engine: 'umap-js', epochs: 30, seed })).points;
    const first = await run(42);
    expect(await run(42)).toEqual(first);
    expect(await run(43)).not.toEqual(first);
  });

  test('empty slots do no harm', async () => {
    const graph = graphOf(cloud(40, 3), 5);
    for (let row = 0; row < 40; row += 3) graph.indices[row * 5 + 4] = -1;
    graph.indices.fill(-1, 0, 5);
    const { points } = await layout(graph, { engine: 'umap-js', epochs: 50 });
    expect(points.every(Number.isFinite)).toBe(true);
  });

  test('an aborted signal rejects with its reason between epochs', async () => {
    const controller = new AbortController();
    const running = layout(graphOf(cloud(40, 3), 5), {
      engine: 'umap-js',
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });
});
