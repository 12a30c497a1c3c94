import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterOptions, cluster, embedFile, openRun } from '../../src/index.js';
import { testFolder } from '../helpers/folder.js';
import { type MilvusServer, startLiteServer } from '../helpers/milvus.js';
import { newsTexts, newsVectors } from '../store/news.js';
import { partition } from './news.js';

const folder = testFolder();
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
  id: 'grown-news',
  embed: (some) => {
    asked += some.length;
    return some.map((text) => {
      const row = rowOf.get(text) ?? -1;
      return vectors.data.slice(row * 384, (row + 1) * 384);
    });
  },
};
const options = { space: 'raw', minClusterSize: 3, model, cache: false, layout: { epochs: 2 } } as const;

test('rows added to a run of a Milvus Lite collection give what clustering all at once gives', async () => {
  const store = { uri: server.uri, collection: 'grown' };
  const whole = await cluster(texts, options);
  const path = join(folder.path, 'run');
  await (await cluster(texts.slice(0, 600), { ...options, store })).save(path);
  // The vectors stay in the collection.
  expect(statSync(join(path, 'run-vectors.npy')).size).toBeLessThan(1000);
  const run = await openRun(path);
  asked = 0;
  const grown = await run.add(texts.slice(600), { model, cache: false });
  expect(asked).toBe(270);
  expect(partition(grown.labels)).toEqual(partition(whole.labels));
  expect(grown.fit.exactness.certified).toBe(true);
  expect(grown.points.subarray(0, 1200)).toEqual(run.points);
  const { topics } = await grown.predict(texts.slice(0, 50), { model, cache: false });
  expect(topics).toEqual(grown.labels.slice(0, 50));
});

test('what a collection received since is added, and nothing is embedded for it', async () => {
  const store = { uri: server.uri, collection: 'since' };
  const path = join(folder.path, 'since');
  await (await cluster(texts.slice(0, 600), { ...options, store })).save(path);
  await embedFile(texts, { model, cache: false, store });
  asked = 0;
  const grown = await (await openRun(path)).add(undefined, { model, cache: false });
  expect(asked).toBe(0);
  expect(grown.texts).toHaveLength(870);
  expect(grown.changes).toMatchObject({ rowsBefore: 600, rows: 870, skipped: 0 });
  const rows = Int32Array.from(grown.texts, (text) => rowOf.get(text) ?? -1);
  const inOrder = new Int32Array(870);
  for (const [at, row] of rows.entries()) inOrder[row] = grown.labels[at];
  const whole = await cluster(texts, options);
  expect(partition(inOrder)).toEqual(partition(whole.labels));
  const again = await grown.add(undefined, { model, cache: false });
  expect(again.texts).toHaveLength(870);
});
