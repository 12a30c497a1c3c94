import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataType } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clusterCollection, embedFile } from '../../src/index.js';
import { startLite } from '../../src/store/lite.js';
import { openStore } from '../../src/store/open.js';
import { openClient } from '../helpers/both-milvus.js';
import { lite2Python, litePython, scratch } from '../helpers/milvus.js';

// Servers start and come back; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
let folder: Awaited<ReturnType<typeof scratch>>;
let file = '';
const before = process.env.DENSCAPE_PYTHON;

const ROWS = 200;
/** Numbers that halves of a float hold exactly. */
const vectorOf = (row: number) => Array.from({ length: 8 }, (_, j) => ((row * 7 + j * 3) % 16) / 8 - 1);
const rows = Array.from({ length: ROWS }, (_, row) => ({
  id: row,
  embedding: vectorOf(row),
  text: `text ${row}`,
  source: `s${row}`,
}));

/** A file as the original makes it with Milvus Lite 2, and collections with each other type of vector. */
beforeAll(async () => {
  process.env.DENSCAPE_PYTHON = await lite2Python();
  folder = await scratch('lite2');
  file = join(folder.path, 'milvus.db');
  writeFileSync(file, '');
  const lite = await startLite(file, file);
  const client = openClient(lite.url);
  const make = async (name: string, fields: object[], data: object[], index: object[]) => {
    await client.createCollection({
      collection_name: name,
      enable_dynamic_field: name === 'news_data',
      fields: [{ name: 'id', data_type: DataType.Int64, is_primary_key: true }, ...fields] as never,
    });
    for (const each of index)
      await client.createIndex({ collection_name: name, params: {}, ...each } as never);
    await client.loadCollectionSync({ collection_name: name });
    expect((await client.insert({ collection_name: name, data: data as never })).status.reason).toBe('');
  };
  const text = { name: 'text', data_type: DataType.VarChar, max_length: 65_535 };
  const flat = (field_name: string, metric_type = 'L2', index_type = 'FLAT') => ({
    field_name,
    index_type,
    metric_type,
  });
  try {
    await make('news_data', [{ name: 'embedding', data_type: DataType.FloatVector, dim: 8 }, text], rows, [
      flat('embedding'),
    ]);
    for (const [name, type] of [
      ['half', DataType.Float16Vector],
      ['brain', DataType.BFloat16Vector],
    ] as const) {
      const data = rows.map(({ id, embedding }) => ({ id, embedding, text: `text ${id}` }));
      await make(name, [{ name: 'embedding', data_type: type, dim: 8 }, text], data, [flat('embedding')]);
    }
    const bits = rows.map(({ id }) => ({ id, bits: [id % 256] }));
    const bitField = { name: 'bits', data_type: DataType.BinaryVector, dim: 8 };
    await make('binary', [bitField], bits, [flat('bits', 'HAMMING', 'BIN_FLAT')]);
    const weights = { name: 'weights', data_type: DataType.SparseFloatVector };
    await make(
      'beside',
      [weights, { name: 'dense', data_type: DataType.FloatVector, dim: 8 }],
      rows.map(({ id, embedding }) => ({ id, weights: { [id]: 1 }, dense: embedding })),
      [flat('weights', 'IP', 'SPARSE_INVERTED_INDEX'), flat('dense')],
    );
  } finally {
    await client.closeConnection();
    await lite.stop();
  }
});
afterAll(async () => {
  if (before === undefined) delete process.env.DENSCAPE_PYTHON;
  else process.env.DENSCAPE_PYTHON = before;
  await folder?.remove();
});

async function read(collection: string, fields: string[] = []) {
  const store = await openStore({ uri: file, collection, fields });
  try {
    return { rows: await store.readCollection(), about: await store.describe() };
  } finally {
    await store.close();
  }
}

describe('a file of Milvus Lite 2', () => {
  it('is read with all its vectors, texts and dynamic fields', async () => {
    const { rows: stored, about } = await read('news_data', ['source']);
    expect(about).toMatchObject({ kind: 'lite', version: '2', rows: ROWS, metric: 'L2', exact: true });
    expect(stored.ids).toEqual(rows.map(({ id }) => String(id)));
    expect([...stored.vectors.data]).toEqual(rows.flatMap(({ embedding }) => embedding));
    expect(stored.texts).toEqual(rows.map(({ text }) => text));
    expect(stored.columns.source).toEqual(rows.map(({ source }) => source));
  });

  it.each(['half', 'brain'])('gives the numbers of a collection of %s precision', async (name) => {
    const { rows: stored } = await read(name);
    expect([...stored.vectors.data]).toEqual(rows.flatMap(({ embedding }) => embedding));
  });

  it('gives dense vectors that lie next to sparse ones, and says where there are none', async () => {
    const { rows: stored, about } = await read('beside');
    expect(about.vectorType).toBe('FloatVector');
    expect([...stored.vectors.data]).toEqual(rows.flatMap(({ embedding }) => embedding));
    await expect(read('binary')).rejects.toThrow(
      /collection binary has no FLOAT, FLOAT16 or BFLOAT16 vector field; its fields: id \(Int64\), bits \(BinaryVector\)/,
    );
  });

  it('is clustered and receives labels; new rows are added', async () => {
    const result = await clusterCollection({
      minClusterSize: 5,
      store: { uri: file, collection: 'news_data', writeBack: 'topic' },
    });
    const model = { id: 'one', embed: (texts: string[]) => texts.map(() => Float32Array.from(vectorOf(3))) };
    const { written } = await embedFile([{ id: 1000, text: 'new' }], {
      text: 'text',
      model,
      cache: false,
      store: { uri: file, collection: 'news_data', id: 'id', sameModel: true },
    });
    expect(written).toBe(1);
    const { rows: stored } = await read('news_data', ['source', 'topic']);
    expect(stored.ids.length).toBe(ROWS + 1);
    expect(stored.columns.topic.slice(0, ROWS)).toEqual([...result.labels]);
    expect(stored.columns.source.slice(0, ROWS)).toEqual(rows.map(({ source }) => source));
    expect(stored.texts.at(-1)).toBe('new');
  });

  it('refuses a field that no row has, and a filter that it can’t read, as the user’s mistake', async () => {
    await expect(read('news_data', ['nothing'])).rejects.toThrow(
      /no row of collection news_data has a field nothing; found id, embedding, text, source/,
    );
    const store = await openStore({ uri: file, collection: 'news_data', filter: 'id >>> 3' });
    try {
      await expect(store.readCollection()).rejects.toMatchObject({ name: 'UserError' });
    } finally {
      await store.close();
    }
  });

  it('needs an interpreter that has version 2, with the commands that install it', async () => {
    process.env.DENSCAPE_PYTHON = await litePython();
    try {
      await expect(read('news_data')).rejects.toThrow(
        /is a file of Milvus Lite 2, which Python doesn't have here .*pip install milvus-lite==2\.5\.1/,
      );
    } finally {
      process.env.DENSCAPE_PYTHON = await lite2Python();
    }
  });
});
