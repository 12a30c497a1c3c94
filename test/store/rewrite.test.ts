import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { expect, it } from 'vitest';
import { embedFile } from '../../src/index.js';
import { openStore } from '../../src/store/open.js';
import { bothMilvus, describeBoth } from '../helpers/both-milvus.js';

const { servers, clients } = bothMilvus();

const ROWS = 300;
const PARTITIONS = ['spring', 'summer', 'autumn'];
const partitionOf = (row: number) => PARTITIONS[row % 3];
const rows = Array.from({ length: ROWS }, (_, row) => ({
  id: row,
  embedding: Array.from({ length: 8 }, (_, j) => Math.sin(row * 8 + j)),
  text: `text ${row}`,
  tags: row % 4 === 0 ? [] : [`t${row}`, 'x'],
  counts: row % 5 === 0 ? [] : [row, -row],
  topic: -9,
  source: `s${row}`,
}));

const OWN_FIELDS = [
  {
    name: 'tags',
    data_type: DataType.Array,
    element_type: DataType.VarChar,
    max_capacity: 8,
    max_length: 20,
  },
  { name: 'counts', data_type: DataType.Array, element_type: DataType.Int64, max_capacity: 8 },
  { name: 'topic', data_type: DataType.Int32 },
];

/**
 * A collection with three partitions and dynamic fields; `whole` adds fields of its own, with arrays of which some are
 * empty.
 */
async function create(client: MilvusClient, name: string, whole: boolean): Promise<void> {
  await client.createCollection({
    collection_name: name,
    enable_dynamic_field: true,
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'embedding', data_type: DataType.FloatVector, dim: 8 },
      { name: 'text', data_type: DataType.VarChar, max_length: 200 },
      ...(whole ? OWN_FIELDS : []),
    ],
  });
  await client.createIndex({
    collection_name: name,
    field_name: 'embedding',
    index_type: 'FLAT',
    metric_type: 'L2',
    params: {},
  });
  for (const partition of PARTITIONS) {
    await client.createPartition({ collection_name: name, partition_name: partition });
    const data = rows.filter((_, row) => partitionOf(row) === partition);
    const { status } = await client.insert({ collection_name: name, partition_name: partition, data });
    expect(status.reason).toBe('');
  }
  await client.loadCollectionSync({ collection_name: name });
}

/** All rows, by the SDK's own reads, with the partition that each lies in. */
async function snapshot(client: MilvusClient, name: string): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  for (const partition of [...PARTITIONS, '_default']) {
    const { data } = await client.query({
      collection_name: name,
      partition_names: [partition],
      filter: 'id >= 0',
      output_fields: ['id', 'embedding', 'text', 'tags', 'counts', 'topic', 'source', 'theme'],
      limit: 2000,
      consistency_level: 0,
    } as never);
    // Milvus Lite returns the dynamic fields as one, Milvus each by its name.
    for (const { $meta, ...row } of data) all.push({ ...row, ...($meta as object | undefined), partition });
  }
  return all.sort((a, b) => Number(a.id) - Number(b.id));
}

describeBoth('rows in partitions', (kind) => {
  it('get their labels where they lie; no row is copied and no other field changes', async () => {
    const name = 'whole';
    await create(clients[kind], name, true);
    const before = await snapshot(clients[kind], name);
    expect(before.map((row) => row.partition)).toEqual(rows.map((_, row) => partitionOf(row)));
    const store = await openStore({ uri: servers[kind].uri, collection: name });
    try {
      const { ids } = await store.readCollection();
      const labels = ids.map((id) => Number(id) % 7);
      await store.writeBack([{ field: 'topic', kind: 'integer', values: labels }], ids);
      await store.writeBack([{ field: 'theme', kind: 'integer', values: labels }], ids);
    } finally {
      await store.close();
    }
    const after = await snapshot(clients[kind], name);
    expect(after).toEqual(before.map((row, at) => ({ ...row, topic: at % 7, theme: at % 7 })));
  });

  it('are filled into the one partition that is named, and into no other', async () => {
    const name = 'filled';
    await create(clients[kind], name, false);
    const before = await snapshot(clients[kind], name);
    const file = Array.from({ length: 30 }, (_, row) => ({ id: 1000 + row, text: `new ${row}` }));
    let embedded = 0;
    const model = {
      id: 'fixed',
      dimensions: 8,
      embed: (texts: string[]) => {
        embedded += texts.length;
        return texts.map(() => new Float32Array(8).fill(0.5));
      },
    };
    const fill = (partition: string) =>
      embedFile(file, {
        text: 'text',
        model,
        cache: false,
        store: { uri: servers[kind].uri, collection: name, id: 'id', sameModel: true, partition },
      });
    expect((await fill('summer')).written).toBe(30);
    const after = await snapshot(clients[kind], name);
    expect(after.slice(0, ROWS)).toEqual(before);
    expect(after.slice(ROWS).map((row) => [Number(row.id), row.partition])).toEqual(
      file.map(({ id }) => [id, 'summer']),
    );
    // They are found there again, and stay one row each.
    expect((await fill('summer')).written).toBe(0);
    embedded = 0;
    await expect(fill('spring,summer')).rejects.toThrow(
      /partitions spring, summer are named, and new rows go into one/,
    );
    await expect(fill('winter')).rejects.toThrow(/has no partition winter; its partitions: _default, /);
    expect(embedded).toBe(0);
    expect(await snapshot(clients[kind], name)).toEqual(after);
  });

  it('keep their other fields when a text changes under an id of the file', async () => {
    const name = 'dynamic';
    await create(clients[kind], name, false);
    const before = await snapshot(clients[kind], name);
    const file = rows.slice(0, 20).map(({ id, text }) => ({ id, text: id < 5 ? `new ${text}` : text }));
    const { written } = await embedFile(file, {
      text: 'text',
      model: { id: 'fixed', embed: (texts) => texts.map(() => new Float32Array(8).fill(0.5)) },
      cache: false,
      store: { uri: servers[kind].uri, collection: name, id: 'id', sameModel: true },
    });
    expect(written).toBe(5);
    const after = await snapshot(clients[kind], name);
    expect(after.map(({ text, embedding, ...rest }) => rest)).toEqual(
      before.map(({ text, embedding, ...rest }) => rest),
    );
    expect(after.slice(0, 6).map((row) => row.text)).toEqual(
      [0, 1, 2, 3, 4].map((id) => `new text ${id}`).concat('text 5'),
    );
  });
});
