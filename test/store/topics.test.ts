import { describe, expect, it, vi } from 'vitest';
import { cluster, embedFile } from '../../src/index.js';
import { bothMilvus, describeBoth, openClient } from '../helpers/both-milvus.js';

const { servers } = bothMilvus();

/** Rows around five directions; `groups` of them are used. */
const vectorOf = (row: number, groups: number) =>
  Float32Array.from({ length: 8 }, (_, j) => (j === row % groups ? 1 : 0.02 * Math.sin(row * 8 + j)));
const rows = (groups: number) =>
  Array.from({ length: 100 }, (_, row) => `${groups} words about subject${row % groups} number ${row}`);
const model = {
  id: 'subjects',
  embed: (texts: string[]) =>
    texts.map((text) => {
      const [groups, , row] = Array.from(text.matchAll(/\d+/g), Number);
      return vectorOf(row, groups);
    }),
};

describeBoth('topics as a collection', (kind) => {
  it('are assigned by one search, and are those of the last run', async () => {
    const { uri } = servers[kind];
    const client = openClient(uri);
    const run = (groups: number) =>
      cluster(rows(groups), {
        ...{ model, cache: false, minClusterSize: 5, space: 'raw', noise: 'keep' },
        store: { uri, collection: 'texts', topicsCollection: 'topics' },
      });
    try {
      for (const groups of [5, 3]) {
        const result = await run(groups);
        expect(result.topics.length).toBe(groups);
        const { data } = await client.query({
          collection_name: 'topics',
          filter: 'level == "topic"',
          output_fields: ['key', 'number', 'name', 'keywords', 'size'],
          limit: 100,
          consistency_level: 0,
        } as never);
        const found = data.sort((a, b) => Number(a.number) - Number(b.number));
        expect(
          found.map(({ key, number, name, keywords, size }) => [
            key,
            Number(number),
            name,
            keywords,
            Number(size),
          ]),
        ).toEqual(
          result.topics.map(({ id, name, keywords, size }) => [
            `topic ${id}`,
            id,
            name,
            keywords.join(', '),
            size,
          ]),
        );
        for (const row of [0, 1, 2, 50]) {
          const { results } = await client.search({
            collection_name: 'topics',
            data: [Array.from(vectorOf(row, groups))],
            filter: 'level == "topic"',
            output_fields: ['number'],
            limit: 1,
            consistency_level: 0,
          } as never);
          expect(Number((results as unknown as { number: string }[])[0].number)).toBe(result.labels[row]);
        }
      }
    } finally {
      await client.closeConnection();
    }
  });
});

describe('a collection that holds something else', () => {
  it('is refused before anything is embedded', async () => {
    const { uri } = servers.server;
    const embed = vi.spyOn(model, 'embed');
    await embedFile(['one'], {
      model: { id: 'plain', embed: (texts) => texts.map(() => new Float32Array(8).fill(1)) },
      cache: false,
      store: { uri, collection: 'mine' },
    });
    const store = { uri, collection: 'texts', topicsCollection: 'mine' };
    await expect(cluster(rows(4), { model, cache: false, store })).rejects.toThrow(
      /collection mine holds something other than topics of denscape; name another with --topics-collection/,
    );
    const same = { uri, collection: 'mine', topicsCollection: 'mine' };
    await expect(cluster(rows(4), { model, cache: false, store: same })).rejects.toThrow(
      /store\.topicsCollection must differ from `collection`/,
    );
    expect(embed).not.toHaveBeenCalled();
  });
});
