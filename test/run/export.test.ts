import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { cluster, openRun } from '../../src/index.js';
import { testFolder } from '../helpers/folder.js';
import { smallOptions, smallRows } from '../helpers/small-run.js';

const folder = testFolder();
const options = { ...smallOptions, cache: false, minClusterSize: 3 };

test('a run’s table of rows is written in the format that it has, unless another one is named', async () => {
  const path = join(folder.path, 'run');
  await (await cluster(smallRows('first', 48), options)).save(path);
  const tables = async (given?: 'csv' | 'parquet', to = path) => {
    const files = await (await openRun(path)).export(to, given && { format: given });
    return files
      .map((file) => basename(file))
      .filter((name) => name.startsWith('clusters.') && !name.endsWith('json'));
  };
  expect(await tables('parquet')).toEqual(['clusters.parquet']);
  expect(await tables()).toEqual(['clusters.parquet']);
  expect(await tables(undefined, join(folder.path, 'elsewhere'))).toEqual(['clusters.parquet']);
  expect(existsSync(join(path, 'clusters.csv'))).toBe(false);
  expect(await tables('csv')).toEqual(['clusters.csv', 'clusters.parquet']);
});
