import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embedTexts } from '../../src/embed/index.js';
import { type ClusterResult, cluster, clusterCollection, embedFile, openRun } from '../../src/index.js';
import { fromBase91 } from '../../src/map/base91.js';
import { unpackNeighbors } from '../../src/map/format.js';
import { joinSparse, type SparseRow, sparseRow } from '../../src/sparse-rows.js';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/store.js';
import { bothMilvus, openClient } from '../helpers/both-milvus.js';
import { lite2Python, litePython } from '../helpers/milvus.js';
import { fused, TEXTS, writeSparseModel } from '../helpers/sparse-model.js';

const { servers } = bothMilvus();

let folder: string;
let model: string;
let embed: { model: string; device: 'cpu'; threads: number; sparse: true };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denscape-sparse-'));
  model = await writeSparseModel(join(folder, 'model'));
  embed = { model, device: 'cpu', threads: 1, sparse: true };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rowsOf = () => TEXTS.map((text, id) => ({ id, text }));

/** All of it, with the weights as `{ token: weight }`, read by the SDK. */
async function stored(uri: string, collection_name: string): Promise<Record<string, unknown>[]> {
  const client = openClient(uri);
  try {
    const { data } = await client.query({
      collection_name,
      filter: 'id >= 0',
      output_fields: ['id', 'text', 'embedding', 'sparse', '$meta'],
      limit: 1000,
    });
    return data.sort((a, b) => Number(a.id) - Number(b.id));
  } finally {
    await client.closeConnection();
  }
}

const entriesOf = ({ ids, weights }: SparseRow) =>
  Object.fromEntries(Array.from(ids, (id, at) => [id, weights[at]]));

async function withStore<T>(options: { uri: string; collection: string }, use: (store: Store) => Promise<T>) {
  const store = await openStore(options);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** What `--sparse` does to a collection of this address. */
async function expectHybrid(uri: string): Promise<void> {
  const store = { uri, collection: 'hybrid', id: 'id' };
  const options = { ...embed, text: ['text'], cache: join(folder, 'cache') };
  const { written } = await embedFile(rowsOf(), { ...options, store });
  expect(written).toBe(TEXTS.length);
  const { vectors, lexical } = await embedTexts(TEXTS, { ...embed, cache: join(folder, 'cache') });
  if (!lexical) throw new Error('no weights');

  const rows = await stored(uri, 'hybrid');
  for (const [row, text] of TEXTS.entries()) {
    const { sparse, embedding } = rows[row] as { sparse: object; embedding: number[] };
    expect(rows[row]).toMatchObject({ id: String(row), text });
    expect(sparse).toEqual(entriesOf(sparseRow(lexical, row)));
    expect(Float32Array.from(embedding)).toEqual(vectors.data.slice(row * 1024, (row + 1) * 1024));
  }

  await withStore(store, async (opened) => {
    expect(opened.isHybrid).toBe(true);
    const query = await opened.queryOf('0');
    expect(query.vector).toEqual(vectors.data.slice(0, 1024));
    expect(entriesOf(query.lexical as SparseRow)).toEqual(entriesOf(sparseRow(lexical, 0)));
    const found = await opened.nearest(query, TEXTS.length);
    const expected = fused(vectors, lexical, 0);
    expect(found.isHybrid).toBe(true);
    // Rows of equal score may come in any order.
    const scoreOf = new Map(expected.map(({ id, score }) => [String(id), score]));
    expect(found.ids.map((id) => scoreOf.get(id))).toEqual(expected.map(({ score }) => score));
    expect([...found.ids].sort()).toEqual([...scoreOf.keys()].sort());
    for (const [at, { score }] of expected.entries()) expect(found.scores[at]).toBeCloseTo(score, 6);
    // All rows in one request: to each row the others in the order of its own search.
    const few = await opened.hybridNeighbors(
      rows.map(({ id }) => String(id)),
      3,
    );
    if (!few) throw new Error('no hybrid search');
    expect([few.rows, few.neighbors]).toEqual([TEXTS.length, 3]);
    for (const row of TEXTS.keys()) {
      const scores = new Map(fused(vectors, lexical, row).map(({ id, score }) => [id, score]));
      scores.delete(row);
      const best = [...scores.values()].sort((a, b) => b - a);
      for (let slot = 0; slot < 3; slot++) {
        expect(scores.get(few.indices[row * 3 + slot])).toBe(best[slot]);
        expect(few.distances[row * 3 + slot]).toBeCloseTo(best[slot], 6);
      }
    }
    // By vectors alone the order is another one, and scores are cosines.
    const dense = await opened.nearest({ vector: query.vector }, TEXTS.length);
    expect([dense.isHybrid, dense.ids[0]]).toEqual([false, '0']);
    expect(dense.scores[0]).toBeCloseTo(1, 5);
    expect(dense.ids).not.toEqual(found.ids);
  });

  // A row whose text changes gets the weights of the new one; a row that gets a label keeps its own.
  const changed = rowsOf();
  changed[3].text = TEXTS[1];
  expect((await embedFile(changed, { ...options, store })).written).toBe(1);
  await clusterCollection({ minClusterSize: 2, store: { uri, collection: 'hybrid', writeBack: 'topic' } });
  const after = await stored(uri, 'hybrid');
  expect(after[3].sparse).toEqual(rows[1].sparse);
  for (const row of [0, 1, 2, 4, 5, 6, 7]) expect(after[row].sparse).toEqual(rows[row].sparse);
  await withStore(store, async (opened) => {
    expect((await opened.readCollection({ fields: ['topic'] })).columns.topic.length).toBe(TEXTS.length);
  });
}

describe('weights of texts in a collection', () => {
  it('are those of the model, and found by a hybrid search, on Milvus Lite 3', async () => {
    await expectHybrid(servers.lite.uri);
  });

  it('make the map of a run list texts near by meaning and words, also after it was kept and grew', async () => {
    const store = { uri: servers.lite.uri, collection: 'mapped', id: 'id' };
    const rows = rowsOf().slice(0, 7);
    const options = { ...embed, text: ['text'], cache: join(folder, 'cache'), layout: { epochs: 2 } };
    const result = await cluster(rows, { ...options, store, minClusterSize: 2 });
    const path = join(folder, 'map.html');
    /** Rows that the map lists as nearest, a line a row. */
    const shown = async (run: Pick<ClusterResult, 'writeMap'>, count: number) => {
      await run.writeMap(path);
      const [, packed = ''] = /id="d-hybrid-0">([^<]*)</.exec(readFileSync(path, 'utf8')) ?? [];
      const { indices } = unpackNeighbors(gunzipSync(fromBase91(packed.trim())), count);
      const few = indices.length / count;
      return Array.from({ length: count }, (_, row) => [...indices.slice(row * few, (row + 1) * few)]);
    };
    /** The same, each row searched by itself. */
    const searched = (count: number) =>
      withStore(store, async (opened) => {
        const lists: number[][] = [];
        for (let row = 0; row < count; row++) {
          const { ids, isHybrid } = await opened.nearest(await opened.queryOf(String(row)), count);
          expect(isHybrid).toBe(true);
          lists.push(ids.map(Number).filter((other) => other !== row));
        }
        return lists.map((list) => list.slice(0, 6));
      });
    const lists = await shown(result, 7);
    expect(lists).toEqual(await searched(7));
    await result.save(join(folder, 'run'));
    const run = await openRun(join(folder, 'run'));
    expect(await shown(run, 7)).toEqual(lists);
    const recut = await run.recut({ minClusterSize: 3 });
    expect(await shown(recut, 7)).toEqual(lists);
    const grown = await recut.add([rowsOf()[7]], { ...embed, cache: join(folder, 'cache') });
    expect(await shown(grown, 8)).toEqual(await searched(8));
  });

  it('are those of the model, and found by a hybrid search, on Milvus Lite 2.5', async () => {
    const before = process.env.DENSCAPE_PYTHON;
    process.env.DENSCAPE_PYTHON = await lite2Python();
    const { writeFileSync } = await import('node:fs');
    const file = join(folder, 'milvus.db');
    writeFileSync(file, '');
    const { startLite } = await import('../../src/store/lite.js');
    const lite = await startLite(file, file);
    try {
      await expectHybrid(lite.url);
    } finally {
      await lite.stop();
      process.env.DENSCAPE_PYTHON = before ?? (await litePython());
    }
  });

  it('are a filler for a text without any', async () => {
    const uri = servers.lite.uri;
    await withStore({ uri, collection: 'filler' }, async (store) => {
      await store.prepare({ dimensions: 2, model: 'any', sparse: true });
      const none = { ids: new Uint32Array(), weights: new Float32Array() };
      const some = { ids: Uint32Array.of(5, 70_000), weights: Float32Array.of(0.5, 2) };
      await store.upsert({
        ids: ['1', '2'],
        texts: ['one', 'two'],
        vectors: { data: Float32Array.of(1, 0, 0, 1), rows: 2, cols: 2 },
        lexical: joinSparse([none, some]),
      });
      const [one, two] = await stored(uri, 'filler');
      expect(Object.keys(one.sparse as object)).toEqual(['0']);
      expect(two.sparse).toEqual({ 5: 0.5, 70000: 2 });
    });
  });
});

describe('refused before anything is embedded', () => {
  const never = { id: 'never', embed: () => Promise.reject(new Error('embedded')) };
  const fill = (store: object, more: object = {}) =>
    embedFile(rowsOf(), { text: ['text'], cache: false, ...embed, ...more, store: store as never });

  it('a server without sparse vectors', async () => {
    // Before the model, which has no weights either.
    const plain = new URL('../fixtures/embed/tiny-bge-m3', import.meta.url).pathname;
    await expect(fill({ uri: servers.server.uri, collection: 'none' }, { model: plain })).rejects.toThrow(
      /Milvus v2\.3\.5\S* at \S+ has no sparse vectors, which came with 2\.4; leave out --sparse, or use another server/,
    );
  });

  it('a collection without a field for them, and one with it where none are made', async () => {
    const uri = servers.lite.uri;
    await embedFile(rowsOf(), {
      text: ['text'],
      ...embed,
      sparse: false,
      cache: false,
      store: { uri, collection: 'plain' },
    });
    await expect(fill({ uri, collection: 'plain' })).rejects.toThrow(
      /collection plain has no field for sparse vectors \(SPARSE_FLOAT_VECTOR\), which can't be added to it/,
    );
    await fill({ uri, collection: 'both' });
    await expect(fill({ uri, collection: 'both' }, { model: never, sparse: false })).rejects.toThrow(
      /collection both requires sparse vectors in sparse; add --sparse/,
    );
  });

  it('a model without weights, before the collection is made', async () => {
    const uri = servers.lite.uri;
    const plain = new URL('../fixtures/embed/tiny-bge-m3', import.meta.url).pathname;
    await expect(fill({ uri, collection: 'never' }, { model: plain, pooling: 'cls' })).rejects.toThrow(
      /gives no sparse weights: the outputs of model\.onnx are last_hidden_state/,
    );
    await withStore({ uri, collection: 'never' }, async (store) => expect(store.exists).toBe(false));
  });

  it('where nothing is stored, or nothing embedded, and for a bulk import', async () => {
    await expect(cluster(TEXTS, embed)).rejects.toThrow(/no collection is named .*; leave it out/);
    await expect(
      clusterCollection({ ...embed, store: { uri: servers.lite.uri, collection: 'both' } }),
    ).rejects.toThrow(/nothing is embedded of a collection that is clustered/);
    await expect(
      embedFile(
        rowsOf(),
        { text: ['text'], ...embed, store: { uri: servers.lite.uri, collection: 'bulky' } },
        undefined,
        join(folder, 'bulk'),
      ),
    ).rejects.toThrow(/files for a bulk import hold no sparse vectors/);
  });
});
