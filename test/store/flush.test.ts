import { DataType } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embedFile } from '../../src/index.js';
import { openStore } from '../../src/store/open.js';
import { openClient } from '../helpers/both-milvus.js';
import { type MilvusServer, SHORT_SESSION, startLiteServer, startMilvus } from '../helpers/milvus.js';
import { asBase64, PyMilvus } from '../helpers/pymilvus.js';
import { NEWS, newsTexts, newsVectors } from './news.js';

// Servers start and come back; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 });
let server: MilvusServer;

beforeAll(async () => {
  server = await startMilvus({ config: [SHORT_SESSION, 'dataCoord.enableCompaction=false'] });
});
const pymilvus = new PyMilvus();
afterAll(async () => {
  await pymilvus.close();
  await server?.stop();
});

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

/** Kills of the server in a run of this test. */
const KILLS = Number(process.env.DENSCAPE_KILLS ?? 1);
/** Collections of others on the server, with a few rows that nobody flushed: they hold back what it keeps of its log. */
const COLLECTIONS = 60;

async function makeOthers(): Promise<void> {
  const client = openClient(server.uri);
  try {
    for (let n = 0; n < COLLECTIONS; n++) {
      const collection_name = `other_${n}`;
      await client.createCollection({
        collection_name,
        fields: [
          { name: 'id', data_type: DataType.Int64, is_primary_key: true },
          { name: 'v', data_type: DataType.FloatVector, dim: 2 },
        ],
      });
      const { status } = await client.insert({ collection_name, data: [{ id: n, v: [n, 1] }] });
      expect(status.reason).toBe('');
    }
  } finally {
    await client.closeConnection();
  }
}

/** Rows that the server has on its disk; a count by query would include those in its memory. */
async function rowsOnDisk(uri: string, collection: string): Promise<number> {
  const client = openClient(uri);
  try {
    const { data } = await client.getCollectionStatistics({ collection_name: collection });
    return Number(data.row_count);
  } finally {
    await client.closeConnection();
  }
}

describe('rows that embedFile reports as written', () => {
  it(
    `are on the disk of a server with ${COLLECTIONS} collections and survive its kill, ${KILLS} times`,
    async () => {
      await makeOthers();
      for (let round = 1; round <= KILLS; round++) {
        const store = { uri: server.uri, collection: `news_${round}`, retries: 40 };
        const { written } = await embedFile(texts, { model, cache: false, store });
        await server.kill();
        expect(written).toBe(NEWS);
        await server.start();
        expect(await rowsOnDisk(server.uri, store.collection)).toBe(NEWS);
        // Those of the kills before are still there as well.
        for (let earlier = Math.max(1, round - 1); earlier <= round; earlier++) {
          const again = await openStore({ ...store, collection: `news_${earlier}` });
          try {
            expect((await again.describe()).rows).toBe(NEWS);
            const stored = await again.readCollection();
            const rowAt = new Map(stored.texts.map((text, row) => [text, row]));
            expect(rowAt.size).toBe(NEWS);
            texts.forEach((text, row) => {
              const at = rowAt.get(text) ?? -1;
              expect(stored.vectors.data.subarray(at * 384, (at + 1) * 384)).toEqual(
                vectors.data.subarray(row * 384, (row + 1) * 384),
              );
            });
          } finally {
            await again.close();
          }
          // As pymilvus reads them: these rows, each once, bit for bit.
          const rows = await pymilvus.read(server.uri, `news_${earlier}`);
          expect(rows.length).toBe(NEWS);
          const byText = new Map(rows.map(({ text, embedding }) => [text, embedding]));
          for (const [row, text] of texts.entries())
            expect(byText.get(text)).toBe(asBase64(vectors.data.subarray(row * 384, (row + 1) * 384)));
        }
      }
    },
    120_000 * KILLS + 120_000,
  );

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
