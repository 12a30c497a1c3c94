import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import { cluster, clusterCollection, embedFile } from '../../src/index.js';
import { openStore } from '../../src/store/open.js';
import { bothMilvus, describeBoth } from '../helpers/both-milvus.js';

const { servers, clients } = bothMilvus();

/** Three groups of rows that lie close together, and one row far from all. */
const ROWS = 61;
const vectorOf = (row: number) => {
  const group = row === 60 ? 3 : row % 3;
  return Array.from({ length: 8 }, (_, j) => Math.fround(j === group ? 1 : 0.01 * Math.sin(row * 8 + j)));
};
const textOf = (row: number) =>
  `${['apples and pears', 'ships and harbours', 'goals and matches'][row % 3]} ${row}`;
const OPTIONS = { minClusterSize: 5, space: 'raw', noise: 'keep' } as const;

async function create(client: MilvusClient, name: string, fields: object[], dynamic: boolean) {
  await client.createCollection({
    collection_name: name,
    enable_dynamic_field: dynamic,
    fields: [
      { name: 'key', data_type: DataType.Int64, is_primary_key: true },
      { name: 'v', data_type: DataType.FloatVector, dim: 8 },
      { name: 'text', data_type: DataType.VarChar, max_length: 200 },
      ...fields,
    ] as never,
  });
  await client.createIndex({
    collection_name: name,
    field_name: 'v',
    index_type: 'FLAT',
    metric_type: 'L2',
    params: {},
  });
  await client.loadCollectionSync({ collection_name: name });
}

async function rowsOf(client: MilvusClient, name: string, fields: string[]) {
  const { data } = await client.query({
    collection_name: name,
    filter: 'key >= 0',
    output_fields: ['key', 'v', 'text', ...fields],
    limit: 2000,
    consistency_level: 0,
  } as never);
  return data
    .map(({ $meta, ...row }) => ({ ...row, ...($meta as object | undefined) }) as Record<string, unknown>)
    .sort((a, b) => Number(a.key) - Number(b.key));
}

describeBoth('results written back', (kind) => {
  it.sequential('go into fields of every type that holds them, and change nothing else', async () => {
    const client = clients[kind];
    const own = [
      { name: 'topic', data_type: DataType.Int16 },
      { name: 'name', data_type: DataType.VarChar, max_length: 8 },
      { name: 'probability', data_type: DataType.Float },
      { name: 'outlier', data_type: DataType.Double },
      { name: 'given', data_type: DataType.Bool },
      { name: 'about', data_type: DataType.JSON },
      { name: 'other', data_type: DataType.VarChar, max_length: 20 },
    ];
    await create(client, 'types', own, false);
    const data = Array.from({ length: ROWS }, (_, row) => ({
      key: row,
      v: vectorOf(row),
      text: textOf(row),
      topic: -7,
      name: '',
      probability: -1,
      outlier: -1,
      given: true,
      about: { was: row },
      other: `o${row}`,
    }));
    expect((await client.insert({ collection_name: 'types', data })).status.reason).toBe('');
    const messages: string[] = [];
    const result = await clusterCollection({
      ...OPTIONS,
      store: {
        uri: servers[kind].uri,
        collection: 'types',
        writeBack: 'topic,name=topic_name,probability,outlier=outlier_score,given=assigned,about=theme_name',
      },
      onProgress: ({ message }) => message && messages.push(message),
    });
    expect(result.topics.length).toBe(3);
    const names = new Map(result.topics.map(({ id, name }) => [id, name]));
    const themes = new Map(result.themeTopics.map(({ id, name }) => [id, name]));
    const rows = await rowsOf(
      client,
      'types',
      own.map(({ name }) => name),
    );
    expect(rows.map(({ key }) => Number(key))).toEqual([...data.keys()]);
    rows.forEach((row, at) => {
      const label = result.labels[at];
      expect(row.text).toBe(data[at].text);
      expect(row.v).toEqual(data[at].v);
      expect(row.other).toBe(data[at].other);
      expect(row.topic).toBe(label);
      expect(row.name).toBe((names.get(label) ?? '').slice(0, 8));
      expect(row.probability).toBeCloseTo(result.probabilities[at], 5);
      expect(row.outlier).toBeCloseTo(result.outlierScores[at], 5);
      expect(row.given).toBe(false);
      expect(row.about).toEqual({ was: at, theme_name: themes.get(result.themes[at]) ?? '' });
    });
    expect(result.labels[60]).toBe(-1);
    expect(messages.filter((message) => /longer than the field and cut/.test(message)).length).toBe(1);
  });

  it.sequential('leave rows that were not part of the run alone, and say how many these are', async () => {
    const messages: string[] = [];
    await clusterCollection({
      ...OPTIONS,
      store: { uri: servers[kind].uri, collection: 'types', filter: 'key < 30', writeBack: 'topic' },
      onProgress: ({ message }) => message && messages.push(message),
    });
    expect(messages).toContain(
      '31 rows of the collection were not part of this run and keep what topic held before',
    );
  });

  it('go into dynamic fields of a collection that denscape made, next to columns of the file', async () => {
    const file = Array.from({ length: ROWS }, (_, row) => ({
      text: textOf(row),
      date: `2030-01-${String((row % 28) + 1).padStart(2, '0')}`,
      big: `90071992547409${row}`,
    }));
    const model = {
      id: 'groups',
      embed: (texts: string[]) =>
        texts.map((text) => Float32Array.from(vectorOf(Number(/\d+/.exec(text)?.[0])))),
    };
    const store = { uri: servers[kind].uri, collection: 'made', fields: ['date', 'big'] };
    const options = { ...OPTIONS, text: 'text', model, cache: false };
    const result = await cluster(file, {
      ...options,
      store: { ...store, writeBack: ['topic', 'topic_name'] },
    });
    const stored = await clusterCollection({
      ...OPTIONS,
      store: { ...store, fields: ['date', 'big', 'topic', 'topic_name'] },
    });
    expect(stored.table.columns).toEqual(['id', 'text', 'date', 'big', 'topic', 'topic_name']);
    const names = new Map(result.topics.map(({ id, name }) => [id, name]));
    const cells = (row: number) => stored.table.values.slice(2).map((column) => column[row]);
    for (let row = 0; row < ROWS; row++) {
      const at = Number(/\d+/.exec(stored.texts[row])?.[0]);
      const label = result.labels[at];
      expect(cells(row)).toEqual([file[at].date, file[at].big, label, names.get(label) ?? '']);
    }
  });
});

describe('fields that can’t receive results', () => {
  const refused: [string, RegExp][] = [
    ['topic=topic_name', /field topic of types is a Int16; names go into a VARCHAR or JSON field/],
    [
      'given=probability',
      /field given of types is a Bool; labels of this kind go into a FLOAT, DOUBLE, VARCHAR/,
    ],
    ['other,nothing', /has no field nothing to write labels to and takes no dynamic fields/],
    ['key', /labels would overwrite key/],
    ['topic=nothing', /store\.writeBack must be fields with commas between/],
  ];
  it.each(refused)('such as %s are refused before anything is read', async (writeBack, message) => {
    const stages = new Set<string>();
    const run = clusterCollection({
      store: { uri: servers.server.uri, collection: 'types', writeBack },
      onProgress: ({ stage }) => stages.add(stage),
    });
    await expect(run).rejects.toThrow(message);
    expect(stages).toEqual(new Set());
  });
});

describe.concurrent('columns of a file', () => {
  const model = { id: 'one', embed: (texts: string[]) => texts.map(() => new Float32Array(8).fill(0.5)) };
  const file = [
    { id: 1, text: 'a', year: '2024', score: '0.5', note: 'n' },
    { id: 2, text: 'b', year: '2025', score: '', note: 'm' },
  ];
  const fill = (name: string, fields: string[], rows: object[] = file) =>
    embedFile(rows as never, {
      text: 'text',
      model,
      cache: false,
      store: { uri: servers.server.uri, collection: name, id: 'id', fields },
    });

  it('are stored in fields of the schema with their types, and follow the file', async () => {
    await create(clients.server, 'typed', [{ name: 'year', data_type: DataType.Int32 }], true);
    expect(await fill('typed', ['year', 'note'])).toMatchObject({ written: 2 });
    const changed = [
      { ...file[0], year: '1999' },
      { ...file[1], note: 'changed' },
    ];
    expect(await fill('typed', ['year', 'note'], changed)).toMatchObject({ written: 0 });
    const rows = await rowsOf(clients.server, 'typed', ['year', 'note']);
    expect(rows.map(({ key, year, note }) => [Number(key), year, note])).toEqual([
      [1, 1999, 'n'],
      [2, 2025, 'changed'],
    ]);
  });

  it.sequential.each<[string[], RegExp]>([
    [['year', 'nothing'], /has no column nothing to store as a field; found id, text, year, score, note/],
    [['score'], /takes no dynamic fields|required|has no field score/],
    [
      ['wrong'],
      /field wrong is an Int32|field wrong of fixed is an Int32, and row 2 of the file has "x" there/,
    ],
  ])('such as %j are refused before anything is embedded', async (fields, message) => {
    const client = clients.server;
    if (!(await client.hasCollection({ collection_name: 'fixed' })).value)
      await create(client, 'fixed', [{ name: 'wrong', data_type: DataType.Int32 }], false);
    let embedded = 0;
    const counting = {
      id: 'counting',
      embed: (texts: string[]) => {
        embedded += texts.length;
        return model.embed(texts);
      },
    };
    const rows = file.map((row, at) => ({ ...row, wrong: ['5', 'x'][at] }));
    const source = fields.includes('nothing') ? file : rows;
    const run = embedFile(source as never, {
      text: 'text',
      model: counting,
      cache: false,
      store: { uri: servers.server.uri, collection: 'fixed', id: 'id', fields },
    });
    await expect(run).rejects.toThrow(message);
    expect(embedded).toBe(0);
  });
});

describeBoth('a model', (kind) => {
  const modelOf = (id: string, value: (text: string) => number) => ({
    id,
    embed: (texts: string[]) => texts.map((text) => Float32Array.from([1, value(text), 0, 0, 0, 0, 0, 0])),
  });
  const fill = (collection: string, model: object, extra: object = {}) =>
    embedFile(
      [
        { id: 1, text: 'one' },
        { id: 2, text: 'two' },
        { id: 3, text: 'three' },
      ] as never,
      {
        text: 'text',
        model: model as never,
        cache: false,
        store: { uri: servers[kind].uri, collection, id: 'id', ...extra },
      },
    );

  it('is remembered with a collection, by its name', async () => {
    await fill(
      'remembered',
      modelOf('first', () => 0),
    );
    await expect(
      fill(
        'remembered',
        modelOf('second', () => 0),
      ),
    ).rejects.toThrow(
      /holds vectors of the model custom:first \(\w{8}\), this run uses custom:second \(\w{8}\); choose another --collection/,
    );
    const store = await openStore({ uri: servers[kind].uri, collection: 'remembered' });
    try {
      expect(store.model?.name).toBe('custom:first');
    } finally {
      await store.close();
    }
  });

  it('is compared with the vectors of a collection of others', async () => {
    const client = clients[kind];
    await create(client, 'foreign', [], true);
    const data = ['one', 'two', 'three'].map((text, row) => ({
      key: row + 1,
      v: [1, 0.01, 0, 0, 0, 0, 0, 0],
      text,
    }));
    await client.insert({ collection_name: 'foreign', data });
    await expect(
      fill(
        'foreign',
        modelOf('other', () => 30),
      ),
    ).rejects.toThrow(/holds vectors of another model or pooling: that of row \d has a cosine of 0\.0\d/);
    expect(
      await fill(
        'foreign',
        modelOf('near', () => 0.02),
      ),
    ).toMatchObject({ written: 0 });
    expect(
      await fill(
        'foreign',
        modelOf('other', () => 30),
        { sameModel: true },
      ),
    ).toMatchObject({
      written: 0,
    });
  });
});
