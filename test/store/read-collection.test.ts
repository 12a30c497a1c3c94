import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import { type ClusterOptions, clusterCollection } from '../../src/index.js';
import { openStore } from '../../src/store/open.js';
import { bothMilvus, describeBoth, openClient } from '../helpers/both-milvus.js';

const { servers, clients } = bothMilvus();

interface Shape {
  fields?: object[];
  metric?: string;
  dynamic?: boolean;
  key?: object;
  partitions?: string[];
  index?: object[];
}

/** A collection with the key `pk` and vectors `v` of four numbers. */
async function create(kind: string, name: string, shape: Shape = {}): Promise<MilvusClient> {
  const { fields = [], metric = 'L2', dynamic = true, key, partitions = [], index = [] } = shape;
  const client = clients[kind];
  await client.createCollection({
    collection_name: name,
    enable_dynamic_field: dynamic,
    fields: [
      key ?? { name: 'pk', data_type: DataType.Int64, is_primary_key: true },
      { name: 'v', data_type: DataType.FloatVector, dim: 4 },
      ...fields,
    ] as never,
  });
  const own = { field_name: 'v', index_type: 'FLAT', metric_type: metric };
  for (const each of [own, ...index]) {
    await client.createIndex({ collection_name: name, params: {}, ...each } as never);
  }
  for (const partition of partitions) {
    await client.createPartition({ collection_name: name, partition_name: partition });
  }
  await client.loadCollectionSync({ collection_name: name });
  return client;
}

async function insert(client: MilvusClient, name: string, data: object[], partition?: string): Promise<void> {
  const place = partition === undefined ? {} : { partition_name: partition };
  const { status } = await client.insert({ collection_name: name, data: data as never, ...place });
  expect(status.reason).toBe('');
}

/** Four groups of directions. */
const vectorOf = (row: number) =>
  Array.from({ length: 4 }, (_, j) => Math.fround(j === row % 4 ? 1 : 0.02 * Math.sin(row * 4 + j)));
const rowsUpTo = (count: number, more: (row: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, row) => ({ pk: row, v: vectorOf(row), ...more(row) }));

async function run(kind: string, collection: string, store: Partial<ClusterOptions['store']> = {}) {
  const said: string[] = [];
  const result = await clusterCollection({
    minClusterSize: 5,
    space: 'raw',
    noise: 'keep',
    store: { uri: servers[kind].uri, collection, ...store },
    onProgress: ({ message, level }) => {
      // A busy server may be asked again.
      if (message && level === 'warning' && !/, attempt \d+$/.test(message)) said.push(message);
    },
  });
  return { result, said };
}

describe.concurrent('a collection with what only a server has', () => {
  it('that is loaded in part is loaded whole before it is read, and says so', async () => {
    const client = await create('server', 'partly', { partitions: ['a', 'b'] });
    await insert(client, 'partly', rowsUpTo(40), 'a');
    await insert(client, 'partly', rowsUpTo(80).slice(40), 'b');
    await client.releaseCollection({ collection_name: 'partly' });
    await client.loadPartitionsSync?.({ collection_name: 'partly', partition_names: ['a'] });
    const { result, said } = await run('server', 'partly');
    expect(result.labels.length).toBe(80);
    expect(said).toEqual(['collection partly was loaded without its partitions _default, b; loaded now']);
  });

  it('with ids that lie there twice is clustered with one row of each, and says so', async () => {
    const client = await create('server', 'twice');
    await insert(client, 'twice', rowsUpTo(100));
    await insert(client, 'twice', rowsUpTo(60));
    const { result, said } = await run('server', 'twice');
    expect(result.table.values[0]).toEqual(Array.from({ length: 100 }, (_, row) => String(row)));
    expect(said).toEqual([
      'collection twice holds 60 rows under an id that another row has too; Milvus returns one row for each id, so 100 rows are clustered',
    ]);
  });

  it.sequential('is found under an alias and in another database', async () => {
    const client = await create('server', 'real');
    await insert(client, 'real', rowsUpTo(40));
    await client.createAlias({ collection_name: 'real', alias: 'nickname' });
    expect((await run('server', 'nickname')).result.labels.length).toBe(40);
    await client.createDatabase({ db_name: 'elsewhere' });
    const there = openClient(`${new URL(servers.server.uri).origin}/elsewhere`);
    try {
      clients.elsewhere = there;
      await create('elsewhere', 'real');
      await insert(there, 'real', rowsUpTo(20));
      expect((await run('server', 'real', { database: 'elsewhere' })).result.labels.length).toBe(20);
      expect((await run('server', 'real')).result.labels.length).toBe(40);
    } finally {
      delete clients.elsewhere;
      await there.closeConnection();
    }
  });

  // Of the test itself: beside concurrent tests the global one may not know in which test it is.
  it.sequential('is read with less consistency where that is named', async ({ expect }) => {
    for (const consistency of ['Bounded', 'Session', 'Eventually'] as const) {
      const store = await openStore({ uri: servers.server.uri, collection: 'real', consistency });
      try {
        // Rows were written long before, so each level sees them in the end.
        await expect
          .poll(async () => (await store.readCollection().catch(() => ({ ids: [] }))).ids.length, {
            timeout: 60_000,
          })
          .toBe(40);
      } finally {
        await store.close();
      }
    }
  });
});

describe.concurrent('an approximate index', () => {
  it('says its recall, warns where it is low, and ends the run where it is far too low', async () => {
    const client = clients.server;
    await client.createCollection({
      collection_name: 'approximate',
      fields: [
        { name: 'pk', data_type: DataType.Int64, is_primary_key: true },
        { name: 'v', data_type: DataType.FloatVector, dim: 16 },
      ],
    });
    const data = Array.from({ length: 3000 }, (_, row) => ({
      pk: row,
      // Spread evenly, so that near rows lie in different lists of the index.
      v: Array.from({ length: 16 }, (_, j) => (Math.sin((row * 16 + j) * 12.9898) * 43_758.5453) % 1),
    }));
    await insert(client, 'approximate', data);
    await client.flushSync({ collection_names: ['approximate'] });
    await client.createIndex({
      collection_name: 'approximate',
      field_name: 'v',
      index_type: 'IVF_FLAT',
      metric_type: 'L2',
      params: { nlist: 256 },
    });
    await client.loadCollectionSync({ collection_name: 'approximate' });
    const store = { neighborsFrom: 'server', searchParams: { nprobe: 1 } } as const;
    await expect(run('server', 'approximate', store)).rejects.toThrow(
      /^the IVF_FLAT index found \d+ % of the true neighbours of 100 rows \(recall 0\.\d+\), fewer than a run accepts \(0\.5\); raise it with --search-params nprobe=128, or search exactly with --neighbors-from local, or go on with --min-recall 0\.\d+$/,
    );
    const { result, said } = await run('server', 'approximate', { ...store, minRecall: 0 });
    expect(said).toEqual([
      expect.stringMatching(/recall 0\.\d+\); raise it with --search-params nprobe=128/),
    ]);
    expect(result.facts.exactness?.recall).toBeLessThan(0.5);
    expect(result.facts.exactness?.certified).toBe(false);
    const good = await run('server', 'approximate', { ...store, searchParams: { nprobe: 256 } });
    expect(good.said).toEqual([]);
    expect(good.result.facts.exactness?.recall).toBeGreaterThan(0.9);
  });
});

describeBoth('a collection', (kind) => {
  it('keeps the name of its key where another field is called id, and names topics without texts by number', async () => {
    const fields = [{ name: 'id', data_type: DataType.Int32 }];
    const client = await create(kind, 'named', { fields, dynamic: false });
    await insert(
      client,
      'named',
      rowsUpTo(80, (row) => ({ id: 1000 + row })),
    );
    const { result } = await run(kind, 'named', { fields: ['id'] });
    expect(result.table.columns).toEqual(['pk', 'text', 'id']);
    expect(result.table.values[0]).toEqual(Array.from({ length: 80 }, (_, row) => String(row)));
    expect(result.table.values[2]).toEqual(Array.from({ length: 80 }, (_, row) => 1000 + row));
    expect(result.topics.map(({ name }) => name)).toEqual(['Topic 0', 'Topic 1', 'Topic 2', 'Topic 3']);
  });

  it('gives texts of several fields, as columns of a file are joined', async () => {
    const fields = ['title', 'body'].map((name) => ({ name, data_type: DataType.VarChar, max_length: 100 }));
    const client = await create(kind, 'joined', { fields });
    const more = (row: number) => ({
      title: row === 3 ? '' : `Title ${row}`,
      body: `Body ${row}`,
      lead: `Lead ${row}`,
    });
    await insert(client, 'joined', rowsUpTo(40, more));
    const { result } = await run(kind, 'joined', { textField: ['title', 'lead', 'body'] });
    expect(result.texts[1]).toBe('Title 1\nLead 1\nBody 1');
    expect(result.texts[3]).toBe('Lead 3\nBody 3');
    expect(result.table.columns).toEqual(['pk', 'title, lead, body']);
  });

  it('is read without vectors that have no distance to others; their rows are counted', async () => {
    const fields = [{ name: 'text', data_type: DataType.VarChar, max_length: 100 }];
    // Not dynamic: the SDK would turn NaN into 0.
    const client = await create(kind, 'odd', { metric: 'COSINE', dynamic: false, fields });
    const data = rowsUpTo(62, (row) => ({ text: `text ${row}` })) as {
      pk: number;
      v: number[];
      text: string;
    }[];
    data[60].v = [0, 0, 0, 0];
    data[61].v = kind === 'lite' ? [Number.NaN, 0, 0, 1] : [0, 0, 0, 0];
    await insert(client, 'odd', data);
    const { result, said } = await run(kind, 'odd');
    const zero = 'of zeros, which have no direction under COSINE';
    expect(said).toEqual(
      kind === 'lite'
        ? [
            expect.stringMatching(
              /^1 row of collection odd is in no topic: its v is a vector with a number that is not finite, such as that of 61$/,
            ),
            `1 row of collection odd is in no topic: its v is a vector ${zero}, such as that of 60`,
          ]
        : [`2 rows of collection odd are in no topic: their v is a vector ${zero}, such as that of 60`],
    );
    expect(result.facts.findings).toEqual(expect.arrayContaining(said));
    expect([...result.labels.subarray(60)]).toEqual([-1, -1]);
    expect(result.facts.noise).toBe(2);
    expect(result.facts.blankTexts).toBe(0);
    if (kind === 'lite') return;
    const there = await run(kind, 'odd', { neighborsFrom: 'server' });
    expect(there.result.labels).toEqual(result.labels);
    expect(there.result.facts.exactness?.certified).toBe(true);
  });

  it('of dynamic fields refuses a name that no row has before it reads', async () => {
    const client = await create(kind, 'dynamic');
    await insert(
      client,
      'dynamic',
      rowsUpTo(40, (row) => ({ tag: row % 2 ? `t${row}` : undefined, 'a b': row })),
    );
    await expect(run(kind, 'dynamic', { fields: ['tga'] })).rejects.toThrow(
      /no row of collection dynamic has a field tga; found pk, v, a b, tag/,
    );
    const { result } = await run(kind, 'dynamic', { fields: ['tag', 'a b'] });
    expect(result.table.values[2].slice(0, 4)).toEqual([null, 't1', null, 't3']);
    expect(result.table.values[3].slice(0, 3)).toEqual([0, 1, 2]);
  });

  it('shows 64-bit numbers in arrays as numbers', async () => {
    const fields = [
      { name: 'longs', data_type: DataType.Array, element_type: DataType.Int64, max_capacity: 4 },
    ];
    const client = await create(kind, 'arrays', { fields, dynamic: false });
    await insert(
      client,
      'arrays',
      rowsUpTo(20, (row) => ({ longs: row === 1 ? [] : ['9007199254740993', row] })),
    );
    const store = await openStore({ uri: servers[kind].uri, collection: 'arrays', fields: ['longs'] });
    try {
      const { columns } = await store.readCollection();
      expect(columns.longs.slice(0, 3)).toEqual(['[9007199254740993,0]', '[]', '[9007199254740993,2]']);
    } finally {
      await store.close();
    }
  });

  it('with odd characters in its keys is read, searched and changed', async () => {
    const key = { name: 'pk', data_type: DataType.VarChar, is_primary_key: true, max_length: 60 };
    const client = await create(kind, 'keys', { key });
    const odd = [
      '\u0001',
      'tab\t',
      'line\nend',
      'cr\r',
      'quote"',
      "it's",
      'back\\slash',
      '\u2028',
      'ünï',
      '%_',
      ' ',
    ];
    const data = odd.map((pk, row) => ({ pk, v: vectorOf(row), n: row }));
    await insert(client, 'keys', data);
    const store = await openStore({ uri: servers[kind].uri, collection: 'keys' });
    try {
      const { ids } = await store.readCollection();
      expect([...ids].sort()).toEqual([...odd].sort());
      expect([...(await store.readVectors(odd)).data]).toEqual(data.flatMap(({ v }) => v));
      await store.writeBack([{ field: 'topic', kind: 'integer', values: odd.map((_, row) => row) }], odd);
      const after = await store.readCollection({ fields: ['n', 'topic'] });
      expect(after.columns.topic).toEqual(after.columns.n);
      expect(after.ids.length).toBe(odd.length);
    } finally {
      await store.close();
    }
  });

  it('takes a filter that can’t be read for the user’s mistake', async () => {
    await create(kind, 'filtered');
    for (const filter of ['pk >>> 3', 'pk > "x', 'nofield( == 3', 'pk in [1,']) {
      const error = await run(kind, 'filtered', { filter }).catch((failure) => failure);
      expect(error.name, `${filter}: ${error.message}`).toBe('UserError');
      expect(error.message).toMatch(/the filter is not a Milvus expression/);
    }
  });

  it('is read by partition, and filled into one', async () => {
    const client = await create(kind, 'parts', { partitions: ['a', 'b'] });
    await insert(client, 'parts', rowsUpTo(40), 'a');
    await insert(client, 'parts', rowsUpTo(60).slice(40), 'b');
    await insert(client, 'parts', rowsUpTo(80).slice(60));
    const idsOf = async (partition: string) =>
      (await run(kind, 'parts', { partition })).result.table.values[0].length;
    expect([await idsOf('a'), await idsOf('a,b'), await idsOf('_default')]).toEqual([40, 60, 20]);
    await expect(run(kind, 'parts', { partition: 'a,c' })).rejects.toThrow(
      /collection parts has no partition c; its partitions: _default, a, b/,
    );
  });
});
