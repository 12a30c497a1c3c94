import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusterCollection } from '../../src/index.js';
import { runsByValue } from '../../src/pipeline/by-value.js';
import { bothMilvus, describeBoth } from '../helpers/both-milvus.js';
import { denscape } from '../helpers/cli.js';
import { scratch } from '../helpers/milvus.js';

const { servers, clients } = bothMilvus();
const ROWS = 240;
const TENANTS = ['a/b', 'A-B', 'quote"', 'ünï'];
const tenantOf = (row: number) => TENANTS[row % 4];

beforeAll(async () => {
  for (const client of Object.values(clients)) {
    await client.createCollection({
      collection_name: 'tenants',
      enable_dynamic_field: true,
      num_partitions: 4,
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'v', data_type: DataType.FloatVector, dim: 4 },
        { name: 'tenant', data_type: DataType.VarChar, max_length: 20, is_partition_key: true },
        { name: 'year', data_type: DataType.Int32 },
      ],
    });
    const index = { field_name: 'v', index_type: 'FLAT', metric_type: 'L2', params: {} };
    await client.createIndex({ collection_name: 'tenants', ...index });
    await client.loadCollectionSync({ collection_name: 'tenants' });
    const data = Array.from({ length: ROWS }, (_, id) => ({
      id,
      v: Array.from({ length: 4 }, (_, j) => (j === (id >> 2) % 3 ? 1 : 0.02 * Math.sin(id * 4 + j))),
      tenant: tenantOf(id),
      year: 2020 + (id % 3),
      ...(id % 5 > 0 && { 'odd name': id % 5 > 2 }),
    }));
    expect((await client.insert({ collection_name: 'tenants', data })).status.reason).toBe('');
  }
});

describeBoth('a collection', (kind) => {
  const options = (filter?: string) => ({
    minClusterSize: 5,
    store: { uri: servers[kind].uri, collection: 'tenants', filter },
  });

  it('is divided by a partition key into runs of its rows, with folders that no file system mixes up', async () => {
    const { runs, without } = await runsByValue(options('year < 2022'), 'tenant');
    expect(without).toBe(0);
    expect(runs.map(({ value }) => value).sort()).toEqual([...TENANTS].sort());
    expect(new Set(runs.map(({ folder }) => folder.toLowerCase())).size).toBe(4);
    for (const { folder } of runs) expect(folder).toMatch(/^[\p{L}\p{N}._-]+$/u);
    for (const { value, rows, options: own } of runs) {
      const result = await clusterCollection(own);
      const ids = Array.from({ length: ROWS }, (_, id) => id).filter(
        (id) => tenantOf(id) === value && id % 3 < 2,
      );
      expect(result.table.values[0].map(Number)).toEqual(ids);
      expect(rows).toBe(ids.length);
    }
  });

  it('is divided by numbers and by dynamic fields; rows without a value are counted', async () => {
    const years = await runsByValue(options(), 'year');
    expect(years.runs.map(({ value, rows }) => [value, rows])).toEqual([
      ['2020', 80],
      ['2021', 80],
      ['2022', 80],
    ]);
    const { runs, without } = await runsByValue(options(), 'odd name');
    expect([without, ...runs.map(({ value, rows }) => [value, rows])]).toEqual([
      48,
      ['false', 96],
      ['true', 96],
    ]);
    for (const { rows, options: own } of runs)
      expect((await clusterCollection(own)).labels.length).toBe(rows);
    await expect(runsByValue(options(), 'nothing')).rejects.toThrow(
      /has a field nothing; found id, v, tenant, year/,
    );
  });
});

describe('denscape cluster --by', () => {
  it('writes a folder for each value in one command, and prints a list for programs', async () => {
    const folder = await scratch('by');
    try {
      const place = ['--milvus', servers.server.uri, '--collection', 'tenants'];
      const run = await denscape(
        ['cluster', ...place, '--by', 'year', '--out', 'years', '--json', '--quiet'],
        {
          cwd: folder.path,
        },
      );
      expect(run.stderr).toBe('');
      const summaries = JSON.parse(run.stdout) as { by: string; value: string; rows: number }[];
      expect(summaries.map(({ by, value, rows }) => [by, value, rows])).toEqual([
        ['year', '2020', 80],
        ['year', '2021', 80],
        ['year', '2022', 80],
      ]);
      for (const year of ['2020', '2021', '2022']) {
        const out = join(folder.path, 'years', year);
        expect(existsSync(join(out, 'map.html'))).toBe(true);
        expect(readFileSync(join(out, 'clusters.csv'), 'utf8').trim().split('\n').length).toBe(81);
      }
    } finally {
      await folder.remove();
    }
  });

  it('is refused with a file', async () => {
    const run = await denscape(['cluster', 'news.csv', '--milvus', servers.server.uri, '--by', 'year']);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/--by divides a Milvus collection, and a file was given/);
  });
});
