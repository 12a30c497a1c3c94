import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataType } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it, vi } from 'vitest';
import { embedFile } from '../../src/index.js';
import { listCollections } from '../../src/store/list.js';
import { bothMilvus, describeBoth, openClient } from '../helpers/both-milvus.js';
import { scratch } from '../helpers/milvus.js';

const { servers } = bothMilvus();

describeBoth('a list of the collections', (kind) => {
  it('has their rows, fields, indexes and models, and loads none of them', async () => {
    const { uri } = servers[kind];
    const client = openClient(uri);
    try {
      expect(await listCollections({ uri })).toMatchObject({ collections: [] });
      await client.createCollection({
        collection_name: 'bare',
        fields: [
          { name: 'pk', data_type: DataType.VarChar, max_length: 40, is_primary_key: true },
          { name: 'v', data_type: DataType.FloatVector, dim: 4 },
        ],
      });
      const model = { id: 'two', embed: (texts: string[]) => texts.map(() => Float32Array.of(1, 0)) };
      await embedFile(['one', 'other'], { model, cache: false, store: { uri, collection: 'made' } });
      await client.releaseCollection({ collection_name: 'made' });
      const { collections, version } = await listCollections({ uri });
      expect(version).toMatch(kind === 'lite' ? /^3\.2\.2/ : /^v2\.3\.5/);
      expect(collections).toEqual([
        {
          name: 'bare',
          rows: 0,
          fields: ['pk VarChar 40 key', 'v FloatVector 4'],
          indexes: [],
          model: undefined,
        },
        {
          name: 'made',
          rows: 2,
          fields: ['id Int64 key', 'embedding FloatVector 2', 'text VarChar 65535', 'and dynamic fields'],
          indexes: ['embedding FLAT L2'],
          model: expect.stringMatching(/^custom:two \(\w{8}\)$/),
        },
      ]);
      const { state } = await client.getLoadState({ collection_name: 'made' });
      expect(state).not.toBe('LoadStateLoaded');
    } finally {
      await client.closeConnection();
    }
  });
});

describe('what Attu asks a server for', () => {
  // The requests behind its pages, sent by the SDK that it uses: Attu itself is in none of the registries that tests may use.
  it('shows rows, model, load state, index and fields of a collection right after a fill', async () => {
    const { uri } = servers.server;
    const client = openClient(uri);
    const collection_name = 'seen_by_attu';
    const rows = Array.from({ length: 30 }, (_, id) => ({ text: `text ${id}`, section: `s${id % 3}` }));
    const model = {
      id: 'two',
      embed: (texts: string[]) => texts.map((_, i) => Float32Array.of(i + 1, 1)),
    };
    const store = { uri, collection: collection_name, fields: ['section'], source: 'rows' };
    try {
      await embedFile(rows, { text: 'text', model, cache: false, store });
      const { schema } = await client.describeCollection({ collection_name });
      expect(schema.description).toMatch(/^Made by denscape; vectors by custom:two \(\w+\)$/);
      expect(schema.fields.map(({ name }) => name)).toEqual(['id', 'embedding', 'text']);
      expect(schema.enable_dynamic_field).toBe(true);
      const { data } = await client.getCollectionStatistics({ collection_name });
      expect(data.row_count).toBe('30');
      expect((await client.getLoadState({ collection_name })).state).toBe('LoadStateLoaded');
      // The index of what was flushed is built meanwhile.
      await vi.waitFor(
        async () => {
          const { index_descriptions } = await client.describeIndex({ collection_name });
          expect(index_descriptions).toMatchObject([{ field_name: 'embedding', state: 'Finished' }]);
        },
        { timeout: 120_000, interval: 500 },
      );
      const shown = await client.query({ collection_name, filter: '', output_fields: ['*'], limit: 100 });
      expect(shown.data.length).toBe(30);
      for (const row of shown.data)
        expect(row.$meta).toEqual({
          section: `s${Number(/\d+/.exec(row.text)?.[0]) % 3}`,
          denscape_sources: ['rows'],
        });
    } finally {
      await client.closeConnection();
    }
  });
});

describe('a folder that is not there', () => {
  it('is not made', async () => {
    const folder = await scratch('list');
    try {
      const uri = join(folder.path, 'nothere.db');
      await expect(listCollections({ uri })).rejects.toThrow(/there is no folder/);
      expect(existsSync(uri)).toBe(false);
    } finally {
      await folder.remove();
    }
  });
});
