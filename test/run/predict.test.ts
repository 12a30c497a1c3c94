import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ClusterOptions, cluster, openRun } from '../../src/index.js';
import type { Run } from '../../src/run/run.js';
import { testFolder } from '../helpers/folder.js';
import { type News, range, readNews } from './news.js';

const folder = testFolder();
let news: News;
const take = (rows: readonly number[]) => rows.map((row) => news.rows[row]);

beforeAll(async () => {
  news = await readNews();
});

describe.each([
  ['raw', { space: 'raw', minClusterSize: 3 }],
  ['reduced', {}],
  ['exactly eight topics', { clusters: 8 }],
  ['noise to the nearest topic', { noise: 'nearest' }],
] as [string, ClusterOptions][])('predict (%s)', (name, options) => {
  let run: Run;
  const [own, held] = [range(0, 700), range(700, 870)];

  beforeAll(async () => {
    const given = { ...options, text: ['title', 'description'], layout: { epochs: 20 } };
    const result = await cluster(take(own), { ...given, vectors: news.vectors(own) });
    await result.save(join(folder.path, name));
    run = await openRun(join(folder.path, name));
  });

  test('gives the run’s own rows their fitted topics and places', async () => {
    const { topics, probabilities, points } = await run.predict(take(own), { vectors: news.vectors(own) });
    expect(topics).toEqual(run.labels);
    expect(probabilities).toEqual(run.probabilities);
    expect(points).toEqual(run.points);
  });

  test('gives held-out rows topics of the run, near ones first, and changes nothing', async () => {
    const found = await run.predict(take(held), { vectors: news.vectors(held) });
    const ids = new Set(run.topics.map(({ id }) => id));
    for (const topic of [...found.topics, ...found.nearestTopics])
      expect(topic < 0 || ids.has(topic)).toBe(true);
    expect(found.nearestTopics.includes(-1)).toBe(false);
    expect(found.topics.some((topic) => topic >= 0)).toBe(true);
    const inside = held.map((_, at) => at).filter((at) => found.topics[at] >= 0);
    const mean = (rows: number[]) =>
      rows.reduce((sum, at) => sum + found.nearestStrengths[at], 0) / rows.length;
    expect(mean(inside)).toBeGreaterThanOrEqual(mean(range(0, held.length)));
    expect((await openRun(run.folder)).labels).toEqual(run.labels);
  });
});

test('held-out rows agree with clustering all rows anew in the raw space', async () => {
  const options: ClusterOptions = { space: 'raw', minClusterSize: 3, text: ['title', 'description'] };
  const [own, held] = [range(0, 600), range(600, 870)];
  const result = await cluster(take(own), { ...options, layout: { epochs: 2 }, vectors: news.vectors(own) });
  await result.save(join(folder.path, 'agree'));
  const run = await openRun(join(folder.path, 'agree'));
  const { topics } = await run.predict(take(held), { vectors: news.vectors(held) });
  const whole = await run.add(take(held), { vectors: news.vectors(held), save: false });
  const both = held.map((_, at) => at).filter((at) => topics[at] >= 0 && whole.labels[600 + at] >= 0);
  const known = new Set(run.topics.map(({ id }) => id));
  const comparable = both.filter((at) => known.has(whole.labels[600 + at]));
  const same = comparable.filter((at) => topics[at] === whole.labels[600 + at]);
  expect(comparable.length).toBeGreaterThan(20);
  expect(same.length / comparable.length).toBeGreaterThanOrEqual(0.95);
});

test('a source without vectors is refused where the run’s were given', async () => {
  const run = await openRun(join(folder.path, 'agree'));
  await expect(run.predict(['a text'])).rejects.toThrow(
    /vectors must be given with the new rows|no column|column/,
  );
});

test('rows unlike all of the run are said to be far, and its own rows are not', async () => {
  const run = await openRun(join(folder.path, 'agree'));
  const own = range(0, 600);
  const { far } = await run.predict(take(own), { vectors: news.vectors(own) });
  expect(far.some((one) => one === 1)).toBe(false);
  const away = news.vectors(range(0, 12));
  // No text of the run points the opposite way.
  for (const [at, value] of away.data.entries()) away.data[at] = -value;
  const odd = await run.predict(take(range(0, 12)), { vectors: away });
  expect(Array.from(odd.far)).toEqual(new Array(12).fill(1));
});
