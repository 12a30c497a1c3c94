import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/store.js';
import { litePython, scratch } from '../helpers/milvus.js';
import { NEWS, newsNeighbors, newsSquares, newsTexts, newsVectors } from './news.js';

let folder: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => {
  process.env.DENSCAPE_PYTHON = await litePython();
  folder = await scratch('lite');
});
afterAll(async () => {
  process.env.DENSCAPE_PYTHON = undefined;
  await folder.remove();
});

describe('a local path', () => {
  it('starts Milvus Lite, keeps the news rows over a restart and gives the fixture its neighbours', async () => {
    const uri = join(folder.path, 'news.db');
    const texts = newsTexts();
    const vectors = newsVectors();
    const first = await openStore({ uri });
    const ids = first.ids('minilm', texts);
    try {
      expect((await first.missing(ids)).length).toBe(NEWS);
      await first.prepare({ dimensions: 384, model: 'minilm' });
      expect(await first.upsert({ ids, vectors, texts })).toBe(0);
    } finally {
      await first.close();
    }

    const second = await openStore({ uri });
    try {
      expect((await second.missing(ids)).length).toBe(0);
      expect(await second.describe()).toMatchObject({
        kind: 'lite',
        version: '3.2.2',
        collection: 'news_data',
        rows: NEWS,
        metric: 'L2',
        dimensions: 384,
        exact: true,
        idType: 'INT64',
      });
      expect(second.plan(NEWS, 2 ** 30).from).toBe('local');
      expect((await second.readVectors(ids)).data).toEqual(vectors.data);
      const graph = await second.neighbors(ids, 50, { vectors });
      expect(graph.indices).toEqual(newsNeighbors());
      const squares = newsSquares();
      graph.distances.forEach((distance, i) => {
        expect(Math.abs(distance * distance - squares[i])).toBeLessThan(1e-6);
      });
    } finally {
      await second.close();
    }
  });
});
