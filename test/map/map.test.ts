import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FailureError, UserError } from '../../src/errors.js';
import { renderMap, writeMap } from '../../src/map/map.js';
import { sampleMap } from './sample.js';

describe('writing the map', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'denscape-map-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('leaves one file, the same bytes each time', async () => {
    const data = sampleMap(300);
    const path = join(folder, 'map.html');
    await writeMap(path, data);
    expect(await readdir(folder)).toEqual(['map.html']);
    expect(await readFile(path, 'utf8')).toBe(await renderMap(data));
  });

  test('into a folder that is not there fails in one line and leaves nothing', async () => {
    const path = join(folder, 'missing', 'map.html');
    await expect(writeMap(path, sampleMap(10))).rejects.toThrow(FailureError);
    await expect(writeMap(path, sampleMap(10))).rejects.toThrow(
      /^cannot write the map .*missing.map\.html: ENOENT/,
    );
    expect(await readdir(folder)).toEqual(['map.html']);
  });

  test('refuses arrays that do not fit the rows, by name', async () => {
    const data = sampleMap(10);
    await expect(renderMap({ ...data, labels: new Int32Array(9) })).rejects.toThrow(UserError);
    await expect(renderMap({ ...data, labels: new Int32Array(9) })).rejects.toThrow(
      'labels has 9 entries; 10 rows need 10',
    );
    await expect(renderMap({ ...data, points: new Float32Array(10) })).rejects.toThrow(
      'points has 10 entries; 10 rows need 20',
    );
  });

  test('without data the page is under 150 KB gzipped', async () => {
    const page = await renderMap({ ...sampleMap(0), topics: [], columns: [], footer: [] });
    expect(gzipSync(page).length).toBeLessThan(150_000);
  });
});
