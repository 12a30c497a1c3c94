import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { denscape } from '../helpers/cli.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const news = new URL('../fixtures/news/', import.meta.url);
const run = join(folder.path, 'topics');

beforeAll(async () => {
  const given = ['--vectors', join(folder.path, 'news.npy'), '--text', 'title,description'];
  const numbers = readFileSync(new URL('vectors_870x384.f32', news));
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (870, 384), }`.padEnd(117);
  const size = Buffer.from([118, 0]);
  const npy = Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    size,
    Buffer.from(`${head}\n`),
    numbers,
  ]);
  writeFileSync(join(folder.path, 'news.npy'), npy);
  const file = new URL('ag_news_870.csv', news).pathname;
  const made = await denscape(['cluster', file, ...given, '--epochs', '20', '--out', run]);
  expect(made.stderr).not.toMatch(/^error/m);
  expect(made.code).toBe(0);
});

describe('denscape open', () => {
  test('prints the topics of a run from its folder alone', async () => {
    const opened = await denscape(['open', run], { env: { DENSCAPE_CACHE: join(folder.path, 'none') } });
    expect(opened.code).toBe(0);
    expect(opened.stdout).toMatch(/\d+ themes, \d+ topics, \d+ of 870 rows in them/);
    expect(existsSync(join(folder.path, 'none'))).toBe(false);
  });

  test('with --json gives the facts, the topics and what was done', async () => {
    const { stdout } = await denscape(['open', run, '--json']);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({ rows: 870, history: [{ did: 'cluster', rows: 870 }] });
    expect(summary.topicList).toHaveLength(summary.topics);
  });

  test('refuses a folder without a run with exit code 2, and a damaged file with 1', async () => {
    const none = await denscape(['open', folder.path]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('holds no run')]);
    const copy = join(folder.path, 'damaged');
    await denscape(['export', run, '--out', copy]);
    expect((await denscape(['open', copy])).code).toBe(2);
  });
});

describe('denscape export', () => {
  test('writes Parquet into another folder and leaves the run as it was', async () => {
    const before = readdirSync(run);
    const out = join(folder.path, 'export');
    const made = await denscape(['export', run, '--format', 'parquet', '--out', out]);
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout.split('\n')).toContain(join(out, 'clusters.parquet'));
    expect(readFileSync(join(out, 'map.html')).equals(readFileSync(join(run, 'map.html')))).toBe(true);
    expect(readdirSync(run)).toEqual(before);
  });

  test('without --out adds to the run’s own files, which open says', async () => {
    expect((await denscape(['export', run, '--format', 'parquet'])).code).toBe(0);
    const { stdout } = await denscape(['open', run, '--json']);
    const { files } = JSON.parse(stdout);
    expect(files).toContain(join(run, 'clusters.parquet'));
    expect(files).toContain(join(run, 'clusters.csv'));
  });
});

test('cluster --no-save keeps no run, and refuses to leave one outdated', async () => {
  const file = new URL('ag_news_870.csv', news).pathname;
  const args = ['cluster', file, '--vectors', join(folder.path, 'news.npy'), '--text', 'title', '--no-save'];
  const refused = await denscape([...args, '--out', run]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--no-save would leave')]);
  const out = join(folder.path, 'unsaved');
  expect((await denscape([...args, '--epochs', '2', '--out', out])).code).toBe(0);
  expect(readdirSync(out).filter((name) => name.startsWith('run'))).toEqual([]);
});
