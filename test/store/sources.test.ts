import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ClusterOptions, embedFile } from '../../src/index.js';
import { bothMilvus, describeBoth } from '../helpers/both-milvus.js';
import { scratch } from '../helpers/milvus.js';

const { servers, clients } = bothMilvus();
let folder: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => {
  folder = await scratch('sources');
});
afterAll(() => folder?.remove());

const model = {
  id: 'numbers',
  embed: (texts: string[]) =>
    texts.map((text) => {
      const angle = Number(/\d+/.exec(text)?.[0] ?? 0) / 10;
      return Float32Array.of(Math.cos(angle), Math.sin(angle));
    }),
};

/** Fills a collection; returns what was written and said. */
async function fill(uri: string, file: string, store: Partial<NonNullable<ClusterOptions['store']>> = {}) {
  const said: string[] = [];
  const { written } = await embedFile(file, {
    text: 'text',
    model,
    cache: false,
    store: { uri, collection: 'shared', ...store },
    onProgress: ({ message }) => message && said.push(message),
  });
  return { written, said: said.filter((line) => /collection (still|also)|pruned/.test(line)) };
}

function write(name: string, numbers: number[]): string {
  const path = join(folder.path, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `text\n${numbers.map((n) => `row ${n}`).join('\n')}\n`);
  return path;
}
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

async function texts(client: MilvusClient): Promise<string[]> {
  const { data } = await client.query({
    collection_name: 'shared',
    filter: 'id >= 0',
    output_fields: ['text'],
    limit: 5000,
    consistency_level: 0,
  } as never);
  return data.map(({ text }) => String(text)).sort();
}
const rows = (...numbers: number[]) => numbers.map((n) => `row ${n}`).sort();

describeBoth('rows that left their file,', (kind) => {
  it('are counted at each fill and deleted only with prune; rows of others stay', async () => {
    const { uri } = servers[kind];
    const client = clients[kind];
    const news = write(`${kind}/news.csv`, upTo(0, 100));
    // The same name in another folder, with 20 of the same texts.
    const other = write(`${kind}/b/news.csv`, upTo(80, 130));
    expect(await fill(uri, news)).toEqual({ written: 100, said: [] });
    expect((await fill(uri, other)).written).toBe(30);
    const own = { id: '7', embedding: [0.6, 0.8], text: 'by another program' };
    expect((await client.insert({ collection_name: 'shared', data: [own] })).status.reason).toBe('');

    write(`${kind}/news.csv`, upTo(10, 90));
    const third = await fill(uri, news);
    expect(third.written).toBe(0);
    expect(third.said).toEqual([
      `the collection still holds 20 rows that left news.csv; --prune deletes them`,
      `the collection also holds 31 rows that are not from news.csv`,
    ]);
    expect((await texts(client)).length).toBe(131);

    const pruned = await fill(uri, news, { prune: true });
    expect(pruned.said[0]).toBe(
      `20 rows that left news.csv pruned from the collection; 10 of them stay, for other sources`,
    );
    expect(await texts(client)).toEqual([...rows(...upTo(10, 130)), 'by another program'].sort());
    expect((await fill(uri, news, { prune: true })).said).toEqual([
      `the collection also holds 41 rows that are not from news.csv`,
    ]);

    // The other file gives up what it shared: the rows that both have stay for the first.
    write(`${kind}/b/news.csv`, upTo(120, 130));
    await fill(uri, other, { prune: true });
    expect(await texts(client)).toEqual(
      [...rows(...upTo(10, 90), ...upTo(120, 130)), 'by another program'].sort(),
    );
  });

  it('are found again in a file of another name where the source is named', async () => {
    const { uri } = servers[kind];
    const store = { collection: 'weekly', source: 'news' };
    await fill(uri, write(`${kind}/week-1.csv`, upTo(0, 10)), store);
    const { written, said } = await fill(uri, write(`${kind}/week-2.csv`, upTo(5, 15)), {
      ...store,
      prune: true,
    });
    expect(written).toBe(5);
    expect(said).toEqual([
      expect.stringMatching(/^5 rows that left .*week-2\.csv pruned from the collection$/),
    ]);
  });
});

describe('prune', () => {
  it('is refused before anything is embedded where rows don’t say where they are from', async () => {
    await clients.server.createCollection({
      collection_name: 'fixed',
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'embedding', data_type: DataType.FloatVector, dim: 2 },
        { name: 'text', data_type: DataType.VarChar, max_length: 100 },
      ],
    });
    const file = write('fixed.csv', upTo(0, 5));
    const embed = vi.spyOn(model, 'embed');
    const { uri } = servers.server;
    await expect(fill(uri, file, { collection: 'fixed', prune: true })).rejects.toThrow(
      /store\.prune needs to know which rows are of this input: the collection has no dynamic fields/,
    );
    const unnamed = embedFile(['row 1'], {
      model,
      cache: false,
      store: { uri, collection: 'shared', prune: true },
    });
    await expect(unnamed).rejects.toThrow(/it has no name; give it one with `store\.source`/);
    expect(embed).not.toHaveBeenCalled();
  });
});
