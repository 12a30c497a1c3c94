import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { cacheInfo, clearCache, embedTexts } from '../../src/embed/index.js';
import { obtainModel } from '../../src/embed/model-files.js';
import { startHub } from './hub-server.js';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'denscape-info-'));
  vi.stubEnv('DENSCAPE_CACHE', cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

it('shows models and vectors with their sizes, and clears what is named', async () => {
  expect(await cacheInfo()).toEqual({ folder: cache, models: [], vectors: [], stages: [] });
  const hub = await startHub('Xenova/bge-m3');
  vi.stubEnv('HF_ENDPOINT', hub.url);
  await obtainModel('bge-m3', { dtype: 'auto', yes: true });
  await hub.close();
  const embed = (texts: string[]) => texts.map((text) => [text.length, 1]);
  await embedTexts(['a', 'b', 'c'], { model: { id: 'mine', embed } });
  await embedTexts(['a'], { model: { id: 'other', embed } });

  const { models, vectors } = await cacheInfo();
  expect(models).toEqual([expect.objectContaining({ id: 'Xenova/bge-m3', licence: 'mit' })]);
  expect(models[0].bytes).toBeGreaterThan(900_000);
  expect(
    vectors.map(({ model, rows, dtype }) => ({ model, rows, dtype })).sort((a, b) => b.rows - a.rows),
  ).toEqual([
    { model: 'custom:mine', rows: 3, dtype: 'custom' },
    { model: 'custom:other', rows: 1, dtype: 'custom' },
  ]);
  expect(Date.now() - vectors[0].changed.getTime()).toBeLessThan(600_000);

  expect(await clearCache({ kind: 'vectors', model: 'custom:mine' })).toMatchObject({ entries: 1 });
  expect((await cacheInfo()).vectors).toHaveLength(1);
  expect(await clearCache({ model: 'nobody' })).toEqual({ entries: 0, bytes: 0 });
  expect(await clearCache()).toMatchObject({ entries: 2 });
  expect(await cacheInfo()).toEqual({ folder: cache, models: [], vectors: [], stages: [] });
});
