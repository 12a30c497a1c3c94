import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embedFile } from '../../src/index.js';
import { openStore } from '../../src/store/open.js';
import { type MilvusServer, SHORT_SESSION, startLiteServer, startMilvus } from '../helpers/milvus.js';
import { NEWS, newsTexts, newsVectors } from './news.js';

// Servers start and come back; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 });
let server: MilvusServer;

beforeAll(async () => {
  server = await startMilvus({ config: [SHORT_SESSION, 'dataCoord.enableCompaction=false'] });
});
afterAll(() => server?.stop());

const texts = newsTexts();
const vectors = newsVectors();
const rowOf = new Map(texts.map((text, row) => [text, row]));
const model = {
  id: 'stored-news',
  embed: (some: string[]) =>
    some.map((text) => {
      const row = rowOf.get(text) ?? -1;
      return vectors.data.slice(row * 384, (row + 1) * 384);
    }),
};

/** Rows that the server has on its disk; a count by query would include those in its memory. */
async function rowsOnDisk(uri: string, collection: string): Promise<number> {
  const client = new MilvusClient({ address: uri, logLevel: 'error' });
  try {
    const { data } = await client.getCollectionStatistics({ collection_name: collection });
    return Number(data.row_count);
  } finally {
    await client.closeConnection();
  }
}

describe('rows that embedFile reports as written', () => {
  it('are on the disk of the server and survive its kill', async () => {
    const store = { uri: server.uri, collection: 'news', retries: 40 };
    const { written } = await embedFile(texts, { model, cache: false, store });
    expect(written).toBe(NEWS);
    expect(await rowsOnDisk(server.uri, 'news')).toBe(NEWS);
    await server.kill();
    await server.start();
    const again = await openStore(store);
    try {
      expect((await again.describe()).rows).toBe(NEWS);
      const stored = await again.readCollection();
      expect(new Set(stored.texts)).toEqual(new Set(texts));
    } finally {
      await again.close();
    }
  });

  it('are flushed with Milvus Lite too', async () => {
    const lite = await startLiteServer();
    try {
      const store = { uri: lite.uri, collection: 'news' };
      await embedFile(texts.slice(0, 40), { model, cache: false, store });
      expect(await rowsOnDisk(lite.uri, 'news')).toBe(40);
    } finally {
      await lite.stop();
    }
  });
});

describe('labels that are written back', () => {
  it('are on the disk of the server', async () => {
    const opened = await openStore({ uri: server.uri, collection: 'labelled', writeBack: 'topic' });
    try {
      const few = texts.slice(0, 20);
      const ids = opened.ids('minilm', few);
      await opened.prepare({ dimensions: 384, model: 'minilm' });
      await opened.upsert({ ids, texts: few, vectors: newsVectors(20) });
      await opened.flush();
      const values = ids.map((_, row) => row);
      await opened.writeBack([{ field: 'topic', kind: 'integer', values }], ids);
    } finally {
      await opened.close();
    }
    // Replaced rows are counted twice: this server doesn't compact them.
    expect(await rowsOnDisk(server.uri, 'labelled')).toBe(40);
  });
});
