import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataType } from '@zilliz/milvus2-sdk-node';
import { parquetReadObjects, parquetSchema } from 'hyparquet';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { embedFile } from '../../src/index.js';
import { openStore } from '../../src/store/open.js';
import { openClient } from '../helpers/both-milvus.js';
import { litePython, type MilvusServer, scratch, startMilvus } from '../helpers/milvus.js';

// Servers start and come back; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 });
let server: MilvusServer;
let folder: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => {
  [server, folder] = await Promise.all([startMilvus(), scratch('bulk')]);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const ROWS = 300;
/** Of unit length already, to the last bit. */
const vectorOf = (row: number) => Float32Array.from({ length: 8 }, (_, j) => (j === row % 8 ? 1 : 0));
const model = {
  id: 'eight',
  embed: (texts: string[]) => texts.map((text) => vectorOf(Number(/\d+/.exec(text)?.[0]))),
};
const rows = Array.from({ length: ROWS }, (_, row) => ({
  text: `text ${row} ü "quoted"`,
  year: row % 7 === 0 ? '' : String(2000 + (row % 30)),
  small: String((row % 200) - 100),
  price: String(row / 3),
  given: row % 2 === 0 ? 'true' : 'false',
  note: `n${row}`,
}));

it('rows in the files of --bulk, imported by the server itself, are those that would have been sent', async () => {
  const client = openClient(server.uri);
  const fields = ['small', 'price', 'given', 'note'];
  try {
    for (const collection of ['sent', 'imported']) {
      await client.createCollection({
        collection_name: collection,
        enable_dynamic_field: true,
        fields: [
          { name: 'id', data_type: DataType.Int64, is_primary_key: true },
          { name: 'dense', data_type: DataType.FloatVector, dim: 8 },
          { name: 'text', data_type: DataType.VarChar, max_length: 200 },
          { name: 'small', data_type: DataType.Int8 },
          { name: 'price', data_type: DataType.Double },
          { name: 'given', data_type: DataType.Bool },
        ],
      });
      const index = { field_name: 'dense', index_type: 'FLAT', metric_type: 'L2', params: {} };
      await client.createIndex({ collection_name: collection, ...index });
    }
    const store = { uri: server.uri, fields, source: 'news' };
    const options = { text: 'text', model, cache: false } as const;
    await embedFile(rows, { ...options, store: { ...store, collection: 'sent' } });
    const own = { ...options, store: { ...store, collection: 'imported' } };
    const made = await embedFile(rows, own, undefined, join(folder.path, 'bulk'));
    expect(made).toMatchObject({ rows: ROWS, written: ROWS, files: ['rows-0001.parquet'] });
    expect((await readdir(join(folder.path, 'bulk'))).sort()).toEqual(['import.py', 'rows-0001.parquet']);

    // The folder of localStorage.path is this server's storage.
    const configured = await readFile(join(server.data, 'data', 'configs', 'milvus.yaml'), 'utf8');
    const [, storage] = /localStorage:\s+path: (\S+)/.exec(configured) ?? [];
    await mkdir(join(storage, 'upload'), { recursive: true });
    await cp(join(folder.path, 'bulk', 'rows-0001.parquet'), join(storage, 'upload', 'rows-0001.parquet'));
    const script = join(folder.path, 'bulk', 'import.py');
    const run = promisify(execFile)(await litePython(), [script, server.uri, join(storage, 'upload')]);
    expect((await run).stdout).toContain('300 rows imported into imported');

    const read = async (collection: string) => {
      const opened = await openStore({
        uri: server.uri,
        collection,
        fields: [...fields, 'denscape_sources'],
      });
      try {
        return await opened.readCollection();
      } finally {
        await opened.close();
      }
    };
    // A collection that is loaded shows imported rows within half a minute; one that is loaded now, at once.
    await client.releaseCollection({ collection_name: 'imported' });
    const [sent, imported] = [await read('sent'), await read('imported')];
    expect(imported.ids).toEqual(sent.ids);
    expect(imported.texts).toEqual(sent.texts);
    expect(imported.vectors).toEqual(sent.vectors);
    expect(imported.columns).toEqual(sent.columns);
    // Nothing is left to do, and the files of the first fill aren't mixed with others.
    expect((await embedFile(rows, own, undefined, join(folder.path, 'later'))).written).toBe(0);
    await expect(embedFile(rows, own, undefined, join(folder.path, 'bulk'))).rejects.toThrow(
      /bulk holds rows-0001\.parquet already; import and delete the files of the last fill/,
    );
    const byId = { ...own, store: { ...own.store, id: 'note' } };
    await expect(embedFile(rows, byId, undefined, join(folder.path, 'ids'))).rejects.toThrow(
      /collection imported holds 300 rows, and an import doesn't replace those whose text changed/,
    );
  } finally {
    await client.closeConnection();
  }
});

it('the files have a column for each field, with the types of the collection', async () => {
  const bytes = await readFile(join(folder.path, 'bulk', 'rows-0001.parquet'));
  const file = new Uint8Array(bytes).buffer;
  const [first] = await parquetReadObjects({ file, rowStart: 0, rowEnd: 1 });
  expect({ ...first, id: typeof first.id }).toEqual({
    id: 'bigint',
    dense: Array.from(vectorOf(0)),
    text: 'text 0 ü "quoted"',
    small: -100,
    price: 0,
    given: true,
    $meta: '{"note":"n0","denscape_sources":["news"]}',
  });
  const { parquetMetadata } = await import('hyparquet');
  const types = parquetSchema(parquetMetadata(file)).children.map(({ element }) => [
    element.name,
    element.type ?? element.converted_type,
  ]);
  expect(types).toEqual([
    ['id', 'INT64'],
    ['dense', 'LIST'],
    ['text', 'BYTE_ARRAY'],
    ['small', 'INT32'],
    ['price', 'DOUBLE'],
    ['given', 'BOOLEAN'],
    ['$meta', 'BYTE_ARRAY'],
  ]);
});
