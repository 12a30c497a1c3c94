import { DataType, MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.js';
import { openSearcher } from '../../src/neighbors/open.js';
import { openStore } from '../../src/store/open.js';
import type { StoreOptions } from '../../src/store/options.js';
import type { Store } from '../../src/store/store.js';
import { type MilvusServer, startMilvus } from '../helpers/milvus.js';
import { NEWS, newsLabels, newsNeighbors, newsSquares, newsTexts, newsVectors, partitions } from './news.js';

const TOKEN = 'root:Milvus';
let server: MilvusServer;
let client: MilvusClient;

// Servers start and come back; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 });

beforeAll(async () => {
  server = await startMilvus({ authorization: true });
  client = new MilvusClient({
    address: server.uri,
    token: TOKEN,
    telemetry: { enabled: false },
    logLevel: 'error',
  });
  await client.connectPromise;
});
afterAll(async () => {
  await client?.closeConnection();
  await server?.stop();
});

async function withStore<T>(options: Partial<StoreOptions>, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ uri: server.uri, token: TOKEN, ...options });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Fills a collection with the news rows, or some of them. */
async function fill(collection: string, options: Partial<StoreOptions> = {}, rows = NEWS): Promise<string[]> {
  return withStore({ ...options, collection }, async (store) => {
    const texts = newsTexts(rows);
    const ids = store.ids('minilm', texts);
    await store.prepare({ dimensions: 384, model: 'minilm' });
    await store.upsert({ ids, vectors: newsVectors(rows), texts });
    return ids;
  });
}

/** Rows whose line of two graphs differs. */
const different = (a: Int32Array, b: Int32Array, k: number): number =>
  Array.from({ length: a.length / k }, (_, row) => row).filter((row) =>
    a.subarray(row * k, (row + 1) * k).some((value, i) => value !== b[row * k + i]),
  ).length;

describe.concurrent('the news rows on a server', () => {
  let ids: string[];
  beforeAll(async () => {
    ids = await fill('news_data');
  });

  it('lie in the schema of the original: id, embedding and text under FLAT and L2', async () => {
    const { schema } = await client.describeCollection({ collection_name: 'news_data' });
    expect(
      schema.fields.map(({ name, data_type, is_primary_key, type_params }) => [
        name,
        data_type,
        is_primary_key,
        type_params.map((p) => p.value),
      ]),
    ).toEqual([
      ['id', 'Int64', true, []],
      ['embedding', 'FloatVector', false, ['384']],
      ['text', 'VarChar', false, ['65535']],
    ]);
    const { index_descriptions } = await client.describeIndex({ collection_name: 'news_data' });
    const params = Object.fromEntries(index_descriptions[0].params.map(({ key, value }) => [key, value]));
    expect(params).toMatchObject({ index_type: 'FLAT', metric_type: 'L2' });
  });

  it('have the fixture its neighbours and squared distances, found by the server', async () => {
    const graph = await withStore({}, (store) => store.neighbors(ids, 50));
    expect(different(graph.indices, newsNeighbors(), 50)).toBe(0);
    const squares = newsSquares();
    const worst = graph.distances.reduce(
      (most, d, i) => Math.max(most, Math.abs(Math.fround(d * d) - squares[i])),
      0,
    );
    expect(worst).toBeLessThan(3e-7);
  });

  it('fall into the clusters that memory gives, with squared distances too', async () => {
    const [found, kept] = await withStore({}, async (store) => {
      const refined = await store.neighbors(ids, 50);
      store.plan(NEWS, 0); // from here on without the vectors, so with the server's own distances
      return [refined, await store.neighbors(ids, 50, { rows: Int32Array.from(ids.keys()) })];
    });
    const searcher = await openSearcher(newsVectors());
    const memory = await partitions(await searcher.search(50));
    searcher.close();
    expect(memory.plain).toEqual(newsLabels());
    expect(await partitions(found)).toEqual(memory);
    expect((await partitions(kept)).plain).toEqual(memory.plain);
  });

  it('have them also where the vectors stay on the server and its distances count', async () => {
    const graph = await withStore({}, (store) => {
      store.plan(NEWS, 0); // no memory for vectors here
      return store.neighbors(ids, 50, { rows: Int32Array.of(0, 400, 869) });
    });
    const expected = newsNeighbors();
    [0, 400, 869].forEach((row, i) => {
      expect(graph.indices.subarray(i * 50, i * 50 + 50)).toEqual(expected.subarray(row * 50, row * 50 + 50));
    });
  });

  it('are passed over where they belong to another file', async () => {
    const some = ids.filter((_, row) => row % 3 === 0);
    const graph = await withStore({}, (store) => store.neighbors(some, 20));
    const expected = new Int32Array(some.length * 20);
    const all = newsNeighbors();
    const kept: number[] = [];
    some.forEach((_, i) => {
      const line = [...all.subarray(i * 150, i * 150 + 50)]
        .filter((row) => row % 3 === 0)
        .map((row) => row / 3);
      if (line.length < 20) return;
      kept.push(i);
      expected.set(line.slice(0, 20), i * 20);
    });
    expect(kept.length).toBeGreaterThan(20);
    for (const i of kept) {
      expect(graph.indices.subarray(i * 20, i * 20 + 20)).toEqual(expected.subarray(i * 20, i * 20 + 20));
    }
    expect(graph.indices.includes(-1)).toBe(false);
  });

  it('give all other rows where more neighbours are requested than exist', async () => {
    const few = ids.slice(0, 4);
    const graph = await withStore({}, (store) => store.neighbors(few, 10));
    for (let row = 0; row < 4; row++) {
      const line = [...graph.indices.subarray(row * 10, row * 10 + 10)];
      expect(line.slice(0, 3).sort()).toEqual([0, 1, 2, 3].filter((other) => other !== row));
      expect(line.slice(3)).toEqual(new Array(7).fill(-1));
      expect(graph.distances[row * 10 + 3]).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('with 50 changed texts lack exactly those 50', async () => {
    const texts = newsTexts().map((text, row) => (row % 17 === 3 && row < 850 ? `${text}!` : text));
    const changed = texts.flatMap((text, row) => (text.endsWith('!') ? [row] : []));
    expect(changed.length).toBe(50);
    await withStore({}, async (store) => {
      expect([...(await store.missing(store.ids('minilm', texts)))]).toEqual(changed);
    });
  });

  it('duplicated, keep each copy and put it at distance 0, lowest row first', async () => {
    const texts = [...newsTexts(40), ...newsTexts(40), ...newsTexts(40)];
    const vectors = { data: new Float32Array(120 * 384), rows: 120, cols: 384 };
    for (let copy = 0; copy < 3; copy++) vectors.data.set(newsVectors(40).data, copy * 40 * 384);
    await withStore({ collection: 'copies' }, async (store) => {
      const all = store.ids('minilm', texts);
      await store.prepare({ dimensions: 384, model: 'minilm' });
      await store.upsert({ ids: all, vectors, texts });
      expect((await store.describe()).rows).toBe(120);
      const graph = await store.neighbors(all, 2);
      for (let row = 0; row < 120; row++) {
        const others = [row % 40, (row % 40) + 40, (row % 40) + 80].filter((other) => other !== row);
        expect([...graph.indices.subarray(row * 2, row * 2 + 2)]).toEqual(others);
        expect([...graph.distances.subarray(row * 2, row * 2 + 2)]).toEqual([0, 0]);
      }
    });
  });
});

describe.concurrent('an approximate index', () => {
  it('is built with the parameters given, and its recall is measured', async () => {
    const options: Partial<StoreOptions> = { index: 'HNSW', indexParams: { M: 8, efConstruction: 40 } };
    const ids = await fill('graph_index', options);
    await client.flushSync({ collection_names: ['graph_index'] });
    await withStore({ ...options, collection: 'graph_index', searchParams: { ef: 64 } }, async (store) => {
      expect(await store.describe()).toMatchObject({ index: 'HNSW', exact: false });
      const graph = await store.neighbors(ids, 10);
      const recall = await store.recall(ids, graph, 60);
      expect(recall).toBeGreaterThan(0.8);
      // Neighbours that are plainly wrong are counted as such.
      const wrong = { ...graph, indices: graph.indices.map((_, i) => (i * 7) % NEWS) };
      expect(await store.recall(ids, wrong, 60)).toBeLessThan(0.2);
    });
  });

  it('with impossible parameters is refused in one line', async () => {
    const options: Partial<StoreOptions> = {
      collection: 'bad_index',
      index: 'HNSW',
      indexParams: { M: 'many', efConstruction: 40 },
    };
    const failure = await withStore(options, (store) => store.prepare({ dimensions: 8, model: 'm' })).catch(
      (error) => error,
    );
    expect(failure).toBeInstanceOf(UserError);
    expect(failure.message).toMatch(/^index HNSW with \{"M":"many","efConstruction":40\}: /);
  });
});

describe('a collection of the user', () => {
  const rows = Array.from({ length: 300 }, (_, i) => ({
    key: `k"${i}\\`,
    v: Array.from({ length: 8 }, (_, j) => Math.fround(Math.sin(i * 7.3 + j * j) * (1 + (i % 5)))),
    body: `body ${i}`,
    n: i,
    topic: 0,
    extra: `e${i}`,
    more: { x: [i] },
  }));

  async function create(name: string, type: DataType, metric: string, id = DataType.VarChar, dynamic = true) {
    await client.createCollection({
      collection_name: name,
      enable_dynamic_field: dynamic,
      fields: [
        { name: 'key', data_type: id, is_primary_key: true, max_length: 50 },
        { name: 'v', data_type: type, dim: 8 },
        { name: 'body', data_type: DataType.VarChar, max_length: 100 },
        { name: 'n', data_type: DataType.Int32 },
        { name: 'topic', data_type: DataType.Int64 },
      ],
    });
    await client.createIndex({
      collection_name: name,
      field_name: 'v',
      index_type: 'FLAT',
      metric_type: metric,
      params: {},
    });
    await client.loadCollectionSync({ collection_name: name });
    const data = rows.map(({ extra, more, ...row }, i) => ({
      ...row,
      key: id === DataType.VarChar ? row.key : String(i * 7 - 50),
      ...(dynamic && { extra, more }),
    }));
    const { status } = await client.insert({ collection_name: name, data });
    expect(status.reason).toBe('');
  }

  /** Exact neighbours by cosine, from the rows as inserted. */
  const unit = (v: number[]) => v.map((x) => x / Math.hypot(...v));

  it('under COSINE with text ids is read whole, with its fields, and searched as unit vectors', async () => {
    await create('by_cosine', DataType.FloatVector, 'COSINE');
    await withStore({ collection: 'by_cosine', fields: ['n', 'extra', 'more'] }, async (store) => {
      const read = await store.readCollection();
      expect([...read.ids].sort()).toEqual(rows.map((row) => row.key).sort());
      const back = read.ids.map((id) => rows.find((row) => row.key === id) ?? rows[0]);
      expect(read.texts).toEqual(back.map((row) => row.body));
      expect(read.columns).toEqual({
        n: back.map((row) => row.n),
        extra: back.map((row) => row.extra),
        more: back.map((row) => JSON.stringify(row.more)),
      });
      const graph = await store.neighbors(read.ids, 5);
      const vectors = back.map((row) => unit(row.v));
      for (const row of [0, 150, 299]) {
        const distances = vectors
          .map((other, i) => [Math.hypot(...other.map((x, j) => x - vectors[row][j])), i])
          .filter(([, i]) => i !== row);
        distances.sort((a, b) => a[0] - b[0]);
        distances.slice(0, 5).forEach(([distance], i) => {
          expect(graph.distances[row * 5 + i]).toBeCloseTo(distance, 5);
        });
      }
    });
  });

  it('can be narrowed by a filter', async () => {
    await withStore({ collection: 'by_cosine', filter: 'n >= 290 and extra != "e295"' }, async (store) => {
      const { ids } = await store.readCollection();
      expect(ids.map((id) => Number(/\d+/.exec(id)?.[0])).sort()).toEqual([
        290, 291, 292, 293, 294, 296, 297, 298, 299,
      ]);
      const graph = await store.neighbors(ids, 3);
      expect(graph.indices.every((row) => row >= 0 && row < 9)).toBe(true);
    });
  });

  it('with FLOAT16 vectors and whole-number ids is read in the order of its ids', async () => {
    await create('halves', DataType.Float16Vector, 'L2', DataType.Int64, false);
    await withStore({ collection: 'halves' }, async (store) => {
      const read = await store.readCollection({ fields: ['topic'] });
      expect(read.ids).toEqual(rows.map((_, i) => String(i * 7 - 50)));
      read.vectors.data.forEach((x, i) => {
        const exact = rows[Math.floor(i / 8)].v[i % 8];
        expect(Math.abs(x - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -11 + 2 ** -24);
      });
      const graph = await store.neighbors(read.ids, 4);
      expect(await store.recall(read.ids, graph, 300)).toBe(1);
    });
  });

  it('under IP with vectors that are not of unit length is refused for search by the server', async () => {
    await create('by_product', DataType.FloatVector, 'IP');
    await withStore({ collection: 'by_product' }, async (store) => {
      const { ids } = await store.readCollection();
      await expect(store.neighbors(ids, 3)).rejects.toThrow(/not of unit length.*--neighbors-from local/);
    });
  });

  it('receives labels in the field named, and nothing else changes', async () => {
    await withStore({ collection: 'by_cosine', fields: ['n', 'topic', 'extra', 'more'] }, async (store) => {
      const before = await store.readCollection();
      const labels = Int32Array.from(before.ids, (_, row) => (row % 4) - 1);
      await store.writeBack([{ field: 'topic', kind: 'integer', values: labels }], before.ids);
      await store.writeBack([{ field: 'cluster', kind: 'integer', values: labels }], before.ids);
      const after = await store.readCollection({ fields: ['n', 'topic', 'extra', 'more', 'cluster'] });
      expect(after.ids).toEqual(before.ids);
      expect(after.vectors.data).toEqual(before.vectors.data);
      expect(after.texts).toEqual(before.texts);
      const { topic, cluster, ...rest } = after.columns;
      const { topic: _, ...old } = before.columns;
      expect(rest).toEqual(old);
      expect(topic).toEqual([...labels]);
      expect(cluster).toEqual([...labels]);
    });
  });

  it.each([
    ['body', /labels would overwrite body/],
    ['v', /labels would overwrite v/],
    [
      'missing',
      /has no field missing to write labels to and takes no dynamic fields; its fields: key, v, body, n, topic/,
    ],
  ])('refuses labels in %s', async (field, message) => {
    await withStore({ collection: 'halves' }, async (store) => {
      await expect(store.writeBack([{ field, kind: 'integer', values: [1] }], ['-50'])).rejects.toThrow(
        message,
      );
    });
  });

  it('is not filled with rows that lack its fields, nor with another dimension', async () => {
    await withStore({ collection: 'halves', textField: 'body' }, async (store) => {
      await expect(store.prepare({ dimensions: 8, model: 'm' })).rejects.toThrow(
        /requires a value for n \(Int32\)/,
      );
      await expect(store.prepare({ dimensions: 16, model: 'm' })).rejects.toThrow(
        /holds vectors of 8 numbers, the model makes 16/,
      );
    });
  });

  it('that is not loaded is loaded to be read, and stays loaded for others', async () => {
    await client.releaseCollection({ collection_name: 'halves' });
    await withStore({ collection: 'halves' }, async (store) => {
      expect((await store.readCollection()).ids.length).toBe(300);
    });
    const { state } = await client.getLoadState({ collection_name: 'halves' });
    expect(state).toBe('LoadStateLoaded');
  });

  it('without an index is not altered; the error names what it needs', async () => {
    await client.createCollection({
      collection_name: 'bare',
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'v', data_type: DataType.FloatVector, dim: 4 },
      ],
    });
    await expect(
      withStore({ collection: 'bare' }, (store) => store.prepare({ dimensions: 4, model: 'm' })),
    ).rejects.toThrow(/denscape doesn't alter collections/);
    const failure = await withStore({ collection: 'bare' }, (store) => store.readCollection()).catch(
      (error) => error,
    );
    expect(failure).toBeInstanceOf(UserError);
    expect(failure.message).toMatch(/collection bare has no index on v.*create one there/);
  });
});

describe.concurrent('a run that was killed before the index was made', () => {
  it('is continued: all rows are missing, and the index is made', async () => {
    await client.createCollection({
      collection_name: 'half_made',
      description: 'Made by denscape; vectors by m',
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'embedding', data_type: DataType.FloatVector, dim: 2 },
        { name: 'text', data_type: DataType.VarChar, max_length: 65_535 },
      ],
    });
    await withStore({ collection: 'half_made' }, async (store) => {
      expect([...(await store.missing(['1', '2']))]).toEqual([0, 1]);
      await store.prepare({ dimensions: 2, model: 'm' });
      await store.upsert({
        ids: ['1'],
        vectors: { data: Float32Array.of(1, 0), rows: 1, cols: 2 },
        texts: ['a'],
      });
      expect([...(await store.missing(['1', '2']))]).toEqual([1]);
    });
  });
});

describe.concurrent('ids from a column', () => {
  it.sequential('stay when a text changes, and that row is found missing', async () => {
    await withStore({ collection: 'by_column' }, async (store) => {
      const ids = ['10', '20', '30'];
      const vectors = { data: Float32Array.of(1, 0, 0, 1, 1, 0), rows: 3, cols: 2 };
      await store.prepare({ dimensions: 2, model: 'm' });
      await store.upsert({ ids, vectors, texts: ['a', 'b', 'c'] });
      expect([...(await store.missing(ids, {}, ['a', 'B', 'c']))]).toEqual([1]);
      await store.upsert({
        ids: ['20'],
        vectors: { data: Float32Array.of(0, 2), rows: 1, cols: 2 },
        texts: ['B'],
      });
      expect([...(await store.missing(ids, {}, ['a', 'B', 'c']))]).toEqual([]);
      const all = await store.readCollection();
      expect(all.texts).toEqual(['a', 'B', 'c']);
      expect([...all.vectors.data]).toEqual([1, 0, 0, 2, 1, 0]);
    });
  });

  it.sequential('of another model are refused', async () => {
    await withStore({ collection: 'by_column' }, async (store) => {
      const message = /holds vectors of the model m, this run uses other; choose another --collection/;
      await expect(store.prepare({ dimensions: 2, model: 'other' })).rejects.toThrow(message);
      await expect(store.missing(['10'], {}, ['a'], 'other')).rejects.toThrow(message);
    });
  });
});

describe('failures', () => {
  const fail = async (
    options: Partial<StoreOptions>,
    use: (store: Store) => Promise<unknown> = (store) => store.describe(),
  ) =>
    (await withStore(options, use).then(
      () => new Error('it worked'),
      (error) => error,
    )) as Error;

  it.each<[string, Partial<StoreOptions>, RegExp]>([
    ['a wrong token', { token: 'root:hunter22' }, /refused the token/],
    ['no token', { token: undefined }, /refused the token/],
    ['a missing database', { database: 'nodb' }, /has no database nodb; create it there/],
    [
      'a vector field that is not there',
      { collection: 'by_cosine', vectorField: 'w' },
      /has no field w; its vector fields: v \(FloatVector\)/,
    ],
    ['a name that Milvus forbids', { collection: 'a b' }, /Invalid collection name/],
  ])('%s is a user error of one line', async (_, options, message) => {
    const error = await fail(options);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/\n|hunter22/);
  });

  it('an invalid filter, a filter without matches and a missing collection are each a user error', async () => {
    const read = (store: Store) => store.readCollection();
    expect((await fail({ collection: 'by_cosine', filter: 'n >>> 3' }, read)).message).toMatch(
      /filter is not a Milvus expression/,
    );
    expect((await fail({ collection: 'by_cosine', filter: 'n == -7' }, read)).message).toBe(
      'no row of collection by_cosine matches the filter n == -7',
    );
    expect((await fail({ collection: 'nowhere' }, read)).message).toMatch(/has no collection nowhere/);
  });

  it('a user without privileges learns which one is missing', async () => {
    await client.createUser({ username: 'guest', password: 'guestpass' });
    const error = await fail({ token: 'guest:guestpass', collection: 'private' }, (store) =>
      store.prepare({ dimensions: 2, model: 'm' }),
    );
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(/this user may not do that \(CreateCollection on private\)/);
  });

  it('a vector of another dimension is refused before the search', async () => {
    const error = await fail({ collection: 'by_column' }, (store) =>
      store.upsert({ ids: ['1'], vectors: { data: new Float32Array(3), rows: 1, cols: 3 }, texts: ['x'] }),
    );
    expect(error.message).toMatch(/collection by_column holds vectors of another dimension/);
  });

  it('an address without a server is reported within seconds', async () => {
    const start = Date.now();
    const error = await openStore({ uri: 'http://127.0.0.1:1', token: TOKEN }).catch((failure) => failure);
    expect(error.message).toMatch(
      /does not answer \(connect ECONNREFUSED 127\.0\.0\.1:1\); check that it runs/,
    );
    expect(Date.now() - start).toBeLessThan(15_000);
  });

  it('an abort ends a running search with its reason', async () => {
    const controller = new AbortController();
    await withStore({}, async (store) => {
      const ids = store.ids('minilm', newsTexts());
      const search = store.neighbors(ids, 50, {
        signal: controller.signal,
        onProgress: ({ stage }) => stage === 'neighbors' && controller.abort(new Error('enough')),
      });
      await expect(search).rejects.toThrow('enough');
    });
  });
});
