import { readFileSync } from 'node:fs';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FailureError } from '../../src/errors.js';
import {
  type ClusterOptions,
  cluster,
  clusterCollection,
  embedFile,
  type WriteBackError,
} from '../../src/index.js';
import { clusterFile } from '../../src/pipeline/cluster.js';
import type { ClusterResult } from '../../src/pipeline/result.js';
import { type MilvusServer, startLiteServer } from '../helpers/milvus.js';
import { newsTexts, newsVectors } from '../store/news.js';

const expected = JSON.parse(
  readFileSync(new URL('../fixtures/news/expected.json', import.meta.url), 'utf8'),
) as Record<string, { labels: number[] }>;

let server: MilvusServer;
beforeAll(async () => {
  server = await startLiteServer();
});
afterAll(() => server?.stop());

const vectors = newsVectors();
const texts = newsTexts();
const rowOf = new Map(texts.map((text, row) => [text, row]));
let asked = 0;
const model: ClusterOptions['model'] = {
  id: 'stored-news',
  embed: (some) => {
    asked += some.length;
    return some.map((text) => {
      const row = rowOf.get(text) ?? -1;
      return vectors.data.slice(row * 384, (row + 1) * 384);
    });
  },
};
const layout = { epochs: 1 };

function renumbered(labels: ArrayLike<number>): number[] {
  const seen = new Map<number, number>();
  return Array.from(labels, (label) => {
    if (label < 0) return -1;
    const known = seen.get(label) ?? seen.size;
    seen.set(label, known);
    return known;
  });
}

/** What the program that denscape replaces did. */
const original = { space: 'raw', minClusterSize: 3, minSamples: 3 } as const;

describe('870 news rows in a real Milvus Lite', () => {
  const store = () => ({ uri: server.uri, collection: 'news_data' });

  test('memory and Milvus give the labels of the oracle', async () => {
    const memory = await cluster(texts, { ...original, model, cache: false, layout });
    const milvus = await cluster(texts, { ...original, model, cache: false, layout, store: store() });
    expect(renumbered(memory.labels)).toEqual(expected['vectors-mcs3-ms3'].labels);
    expect(Array.from(milvus.labels)).toEqual(Array.from(memory.labels));
    expect(milvus.fit.exactness.certified).toBe(true);
  });

  test('the server as the engine gives the same labels', async () => {
    const result = await cluster(texts, {
      ...original,
      model,
      cache: false,
      layout,
      store: { ...store(), neighborsFrom: 'server' },
    });
    expect(renumbered(result.labels)).toEqual(expected['graph-mcs3-ms3'].labels);
    // And every other number of the run, to the last bit.
    const here = await cluster(texts, { ...original, model, cache: false, layout, store: store() });
    expect(result.facts.parameters.engine).toBe('milvus');
    for (const name of ['labels', 'probabilities', 'outlierScores', 'points', 'nearestStrengths'] as const)
      expect(result[name], name).toEqual(here[name]);
    expect(result.fit.minimumSpanningTree).toEqual(here.fit.minimumSpanningTree);
  });

  test('rows that are stored are not embedded again', async () => {
    asked = 0;
    await cluster(texts, { model, cache: false, layout, store: store() });
    expect(asked).toBe(0);
  });

  test('a second run says the same, the model and the texts that lost their end included', async () => {
    const again = { model, cache: false, layout, store: { uri: server.uri, collection: 'again' } };
    const first = await cluster(texts.slice(0, 60), again);
    const second = await cluster(texts.slice(0, 60), again);
    expect(first.facts.model).toContain('stored-news');
    expect(second.facts).toEqual(first.facts);
  });

  test('a field that takes no labels is refused before anything is embedded', async () => {
    asked = 0;
    const labelled = { ...store(), writeBack: 'embedding' };
    await expect(
      cluster(['a new text', ...texts], { model, cache: false, layout, store: labelled }),
    ).rejects.toThrow('labels would overwrite embedding');
    expect(asked).toBe(0);
  });

  test('the result is kept before labels are written back, and a failure of that names the field and holds the result', async () => {
    const labelled = { uri: server.uri, collection: 'labelled', writeBack: 'topic', retries: 0 };
    const client = new MilvusClient({ address: server.uri });
    const kept: number[] = [];
    const keep = async ({ labels }: ClusterResult) => {
      kept.push(labels.length);
      await client.dropCollection({ collection_name: 'labelled' });
    };
    const run = clusterFile(texts.slice(0, 60), { model, cache: false, layout, store: labelled }, { keep });
    const error: unknown = await run.catch((reason: unknown) => reason);
    await client.closeConnection();
    expect(kept).toEqual([60]);
    expect(error).toBeInstanceOf(FailureError);
    expect(error).toMatchObject({ code: 'WRITE_BACK_FAILED', option: 'store.writeBack' });
    expect((error as WriteBackError).result.labels).toHaveLength(60);
    expect(String(error)).toContain('labels are not all written back into topic');
  });

  test('shards fill one collection that then needs no file', async () => {
    const shared = { uri: server.uri, collection: 'sharded' };
    for (const part of [1, 2, 3])
      await embedFile(texts, { model, cache: false, store: shared }, { part, of: 3 });
    const result = await clusterCollection({ ...original, store: shared, layout });
    const byText = new Map(result.texts.map((text, row) => [text, result.labels[row]]));
    const inOrder = texts.map((text) => byText.get(text) ?? Number.NaN);
    expect(renumbered(inOrder)).toEqual(expected['vectors-mcs3-ms3'].labels);
  });
});
