import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ClusterOptions, type ClusterResult, cluster, openRun } from '../../src/index.js';
import { testFolder } from '../helpers/folder.js';
import { type News, partition, range, readNews } from './news.js';

const folder = testFolder();
let news: News;

beforeAll(async () => {
  news = await readNews();
});

const BASE: ClusterOptions = { text: ['title', 'description'], layout: { epochs: 20 } };

/** Results by their options, which several tests start from. */
const clustered = new Map<string, Promise<ClusterResult>>();

/** Clusters rows, some of them twice, and saves the run. */
async function saved(name: string, options: ClusterOptions, copies: number) {
  const rows = [...range(0, 400), ...range(0, copies)];
  const given = { ...BASE, ...options, vectors: news.vectors(rows) };
  const source = rows.map((row) => news.rows[row]);
  const key = JSON.stringify([options, copies]);
  const result = clustered.get(key) ?? cluster(source, given);
  clustered.set(key, result);
  await (await result).save(join(folder.path, name));
  return {
    again: (cut: ClusterOptions) => cluster(source, { ...given, ...cut }),
    path: join(folder.path, name),
  };
}

describe.each([
  ['the default', {}, 0],
  ['copies that count once', {}, 30],
  ['copies that count each', { copies: 'each' }, 30],
  ['the raw space', { space: 'raw', minClusterSize: 3, minSamples: 3 }, 0],
] as [string, ClusterOptions, number][])('a run cut anew (%s)', (name, options, copies) => {
  test.each([
    ['more clusters', { clusters: 9 }],
    ['noise', { noise: 'at-most:10%' }],
    // The tree stays as it was made: with 4 samples of 400 and 430 rows where none were given.
    ['size', { minClusterSize: 8, minSamples: options.minSamples ?? 4 }],
  ] as [string, ClusterOptions][])(
    'has the topics of a run that was clustered so (%s)',
    async (kind, cut) => {
      const { again, path } = await saved(`${name}-${kind}`, options, copies);
      const wanted = await again(cut);
      const { minSamples: _, ...given } = cut;
      const run = await (await openRun(path)).recut(given);
      expect(partition(run.labels)).toEqual(partition(wanted.labels));
      expect(partition(run.themes)).toEqual(partition(wanted.themes));
      expect(run.topics.map(({ size }) => size)).toEqual(wanted.topics.map(({ size }) => size));
      expect(run.changes?.did).toBe('recut');
      expect((await openRun(path)).labels).toEqual(run.labels);
    },
  );
});

test('back to the first options gives the first topics, each with its id where it was followed', async () => {
  const { path } = await saved('back', {}, 0);
  const first = await openRun(path);
  const coarse = await first.recut({ clusters: 6, save: false });
  expect(coarse.topics).toHaveLength(6);
  const same = await first.recut({ save: false });
  expect(same.labels).toEqual(first.labels);
  expect(same.topics).toEqual(first.topics);
  expect(same.changes?.moved.rows).toBe(0);
});

test('every cut starts from the options of the run, whatever earlier cuts had', async () => {
  const { path } = await saved('chained', {}, 0);
  const first = await openRun(path);
  const wanted = await first.recut({ minClusterSize: 8, save: false });
  const coarse = await (await openRun(path)).recut({ clusters: 6 });
  const kept = new Map(coarse.changes?.topics.map(({ id, overlap = 0 }) => [id, overlap]));
  const names = new Map(first.topics.map(({ id, name }) => [id, name]));
  for (const { id, name } of coarse.topics) {
    if ((kept.get(id) ?? 0) < 0.5) expect(name).not.toBe(names.get(id));
  }
  const sized = await coarse.recut({ minClusterSize: 8 });
  expect(partition(sized.labels)).toEqual(partition(wanted.labels));
  const back = await (await openRun(path)).recut();
  expect(back.labels).toEqual(first.labels);
  expect(back.themes).toEqual(first.themes);
});

test.each([
  ['the default', {}],
  ['the raw space', { space: 'raw', minClusterSize: 3, minSamples: 3 }],
] as [string, ClusterOptions][])(
  'after rows were added, the first options give the topics, ids and names that adding gave (%s)',
  async (name, options) => {
    const { path } = await saved(`grown-${name}`, options, 0);
    const more = [...range(400, 480), 3];
    const source = more.map((row) => news.rows[row]);
    const grown = await (await openRun(path)).add(source, { vectors: news.vectors(more), duplicates: 'add' });
    const [{ id }] = grown.topics;
    await grown.rename({ topics: { [id]: 'A name of mine' } });
    await (await openRun(path)).recut({ clusters: 6 });
    await (await openRun(path)).recut({ minClusterSize: 8 });
    const back = await (await openRun(path)).recut();
    expect(back.labels).toEqual(grown.labels);
    expect(back.themes).toEqual(grown.themes);
    expect(back.topics.map(({ id }) => id)).toEqual(grown.topics.map(({ id }) => id));
    expect(back.topics[0].name).toBe('A name of mine');
  },
);

test('what needs a new tree is refused', async () => {
  const { path } = await saved('refused', {}, 0);
  const run = await openRun(path);
  await expect(run.recut({ minSamples: 9 })).rejects.toThrow(/minSamples is 4 in this run; got 9/);
  await expect(run.recut({ space: 'raw' })).rejects.toThrow(/space is "?auto"? in this run/);
});
