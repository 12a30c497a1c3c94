import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openStore } from '../../src/store/open.js';
import { openClient } from '../helpers/both-milvus.js';
import { type MilvusServer, startLiteServer } from '../helpers/milvus.js';

// Servers start and come back; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 });
let server: MilvusServer;
let client: MilvusClient;
beforeAll(async () => {
  // Milvus 2.3.5 has neither nullable fields nor several vectors a row.
  server = await startLiteServer();
  client = openClient(server.uri);
});
afterAll(async () => {
  await client?.closeConnection();
  await server?.stop();
});

const data = Array.from({ length: 30 }, (_, pk) => ({
  pk,
  title: [pk, 1, 0],
  body: [0, pk, 1, 0.5],
  note: pk % 3 === 0 ? null : `note ${pk}`,
  year: pk % 4 === 0 ? null : 2000 + pk,
  topic: pk % 2 === 0 ? null : 7,
}));

it('fields without a value stay so when results are written, and of several vectors the named one is read', async () => {
  await client.createCollection({
    collection_name: 'nullable',
    fields: [
      { name: 'pk', data_type: DataType.Int64, is_primary_key: true },
      { name: 'title', data_type: DataType.FloatVector, dim: 3 },
      { name: 'body', data_type: DataType.FloatVector, dim: 4 },
      { name: 'note', data_type: DataType.VarChar, max_length: 20, nullable: true },
      { name: 'year', data_type: DataType.Int32, nullable: true },
      { name: 'topic', data_type: DataType.Int64, nullable: true },
    ],
  });
  for (const field_name of ['title', 'body']) {
    const index = { field_name, index_type: 'FLAT', metric_type: 'L2', params: {} };
    await client.createIndex({ collection_name: 'nullable', ...index });
  }
  await client.loadCollectionSync({ collection_name: 'nullable' });
  expect((await client.insert({ collection_name: 'nullable', data: data as never })).status.reason).toBe('');

  const place = { uri: server.uri, collection: 'nullable' };
  await expect(openStore(place)).rejects.toThrow(
    /several vector fields, name one with vectorField \(--vector-field\): title \(FloatVector\), body \(FloatVector\)/,
  );
  for (const vectorField of ['title', 'body'] as const) {
    const store = await openStore({ ...place, vectorField });
    try {
      const { ids, vectors } = await store.readCollection();
      expect([...vectors.data]).toEqual(data.flatMap((row) => row[vectorField]));
      const values = ids.map((id) => Number(id) % 5);
      await store.writeBack([{ field: 'topic', kind: 'integer', values }], ids);
      const after = await store.readCollection({ fields: ['note', 'year', 'topic'] });
      expect(after.columns.note).toEqual(data.map(({ note }) => note));
      expect(after.columns.year).toEqual(data.map(({ year }) => year));
      expect(after.columns.topic).toEqual(values);
    } finally {
      await store.close();
    }
  }
  for (const [at, field] of (['title', 'body'] as const).entries()) {
    const { data: rows } = await client.query({
      collection_name: 'nullable',
      filter: 'pk >= 0',
      output_fields: ['pk', field],
      limit: 100,
    });
    rows.sort((a, b) => Number(a.pk) - Number(b.pk));
    expect(
      rows.map((row) => row[field]),
      String(at),
    ).toEqual(data.map((row) => row[field]));
  }
});
