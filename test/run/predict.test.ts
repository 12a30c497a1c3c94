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

const [own, held] = [range(0, 700), range(700, 870)];
const TEXT = ['title', 'description'];

/** The first 700 rows as a run in a folder, and cut anew there where `cut` is given. */
async function saved(name: string, options: ClusterOptions, cut?: ClusterOptions): Promise<Run> {
  const given = { ...options, text: TEXT, layout: { epochs: 20 }, vectors: news.vectors(own) };
  const path = join(folder.path, name);
  await (await cluster(take(own), given)).save(path);
  const run = await openRun(path);
  return cut ? run.recut(cut) : run;
}

const sumOf = ({ data, rows, cols }: ReturnType<News['vectors']>): number[] =>
  range(0, cols).map((t) => range(0, rows).reduce((sum, row) => sum + data[row * cols + t], 0));
const dot = (a: number[], b: number[]) => a.reduce((sum, value, t) => sum + value * b[t], 0);
const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

describe.each([
  ['raw', { space: 'raw', minClusterSize: 3 }, undefined],
  ['reduced', {}, undefined],
  ['exactly eight topics', {}, { clusters: 8 }],
  ['noise to the nearest topic', {}, { noise: 'nearest' }],
] as [string, ClusterOptions, ClusterOptions | undefined][])('predict (%s)', (name, options, cut) => {
  let run: Run;

  beforeAll(async () => {
    run = await saved(name, options, cut);
  });

  test('gives the run’s own rows their fitted topics, themes, nearest topics and places', async () => {
    const found = await run.predict(take(own), { vectors: news.vectors(own) });
    expect(found.topics).toEqual(run.labels);
    expect(found.probabilities).toEqual(run.probabilities);
    expect(found.themes).toEqual(run.themes);
    expect(found.nearestTopics).toEqual(run.nearestTopics);
    expect(found.nearestStrengths).toEqual(run.nearestStrengths);
    expect(found.points).toEqual(run.points);
  });

  test('gives held-out rows a theme, their own topic as the nearest one, and the cosine to its mean', async () => {
    const vectors = news.vectors(held);
    const found = await run.predict(take(held), { vectors });
    const themes = new Set(run.themeTopics.map(({ id }) => id));
    expect(Array.from(found.themes).every((theme) => themes.has(theme))).toBe(true);
    expect(found.namedThemes).toEqual(run.themeTopics);
    const inside = held.map((_, at) => at).filter((at) => found.topics[at] >= 0);
    expect(inside.map((at) => found.nearestTopics[at])).toEqual(inside.map((at) => found.topics[at]));
    for (const at of [0, 50, 169]) {
      const members = own.filter((row) => run.labels[row] === found.nearestTopics[at]);
      const mean = sumOf(news.vectors(members));
      expect(found.nearestStrengths[at]).toBeCloseTo(cosine(mean, sumOf(news.vectors([held[at]]))), 5);
    }
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

/** Share of held-out rows with the topic that adding them gives, of those in a topic either way that isn't new. */
async function agreement(run: Run): Promise<{ share: number; rows: number }> {
  const vectors = news.vectors(held);
  const { topics } = await run.predict(take(held), { vectors });
  const { labels } = await run.add(take(held), { vectors, save: false });
  const known = new Set(run.topics.map(({ id }) => id));
  const both = held
    .map((_, at) => [topics[at], labels[own.length + at]])
    .filter(([before, after]) => before >= 0 && known.has(after));
  return {
    share: both.filter(([before, after]) => before === after).length / both.length,
    rows: both.length,
  };
}

test.each([
  ['clustering all rows anew, which adding them is in the raw space', 'raw', 20, 0.95],
  // With so few rows, those that are added move the edges of the others' topics.
  ['adding them in the reduced space', 'reduced', 40, 0.9],
])('held-out rows agree with %s', async (_, name, least, share) => {
  const found = await agreement(await openRun(join(folder.path, name)));
  expect(found.rows).toBeGreaterThan(least);
  expect(found.share).toBeGreaterThanOrEqual(share);
});

test('rows like those of the run have their themes, and mostly their nearest topics by the reduced space', async () => {
  const run = await openRun(join(folder.path, 'reduced'));
  const near = news.vectors(own);
  // So little that no text is near another one, and so much that no row is found again.
  for (const at of near.data.keys()) near.data[at] += 1e-4 * Math.sin(at);
  const found = await run.predict(take(own), { vectors: near });
  const shareOf = (rows: number[], isSame: (row: number) => boolean) =>
    rows.filter(isSame).length / rows.length;
  expect(shareOf(own, (row) => found.themes[row] === run.themes[row])).toBeGreaterThan(0.97);
  const outside = own.filter((row) => run.labels[row] < 0);
  expect(outside.length).toBeGreaterThan(50);
  // By means of vectors it were half of them.
  const isSame = (row: number) => found.nearestTopics[row] === run.nearestTopics[row];
  expect(shareOf(outside, isSame)).toBeGreaterThan(0.75);
});

test('a run without topics predicts none, and no theme is made up', async () => {
  const few = range(0, 12);
  const path = join(folder.path, 'few');
  const vectors = news.vectors(few);
  await (await cluster(take(few), { text: TEXT, minClusterSize: 12, vectors })).save(path);
  const run = await openRun(path);
  const found = await run.predict(take([20]), { vectors: news.vectors([20]) });
  expect(run.topics).toEqual([]);
  expect([found.topics[0], found.nearestTopics[0], found.nearestStrengths[0]]).toEqual([-1, -1, 0]);
  const themes = new Set([-1, ...run.themeTopics.map(({ id }) => id)]);
  expect(themes.has(found.themes[0])).toBe(true);
});

test('a row has the same topic and place alone as among others', async () => {
  const run = await openRun(join(folder.path, 'reduced'));
  const all = await run.predict(take(held), { vectors: news.vectors(held) });
  for (const at of [0, 50, 169]) {
    const alone = await run.predict(take([held[at]]), { vectors: news.vectors([held[at]]) });
    expect([alone.topics[0], alone.probabilities[0]]).toEqual([all.topics[at], all.probabilities[at]]);
    expect([alone.themes[0], alone.nearestTopics[0]]).toEqual([all.themes[at], all.nearestTopics[at]]);
    expect(alone.points).toEqual(all.points.slice(2 * at, 2 * at + 2));
  }
});

test('texts alone, and texts in columns that are named, are those of the new rows', async () => {
  const run = await openRun(join(folder.path, 'raw'));
  const { topics } = await run.predict(take(held), { vectors: news.vectors(held) });
  const texts = held.map((row) => news.rows[row].title);
  const vectors = news.vectors(held);
  expect((await run.predict(texts, { vectors })).topics).toEqual(topics);
  const elsewhere = texts.map((headline) => ({ text: 'other', headline }));
  const named = await run.predict(elsewhere, { vectors, text: 'headline' });
  expect(named.topics).toEqual(topics);
  await expect(run.predict(elsewhere, { vectors, text: 'none' })).rejects.toThrow(
    /no "none" column, which `text` names; found text, headline/,
  );
});

test('a source without the columns of the texts, or without vectors where the run’s were given, is refused', async () => {
  const run = await openRun(join(folder.path, 'raw'));
  await expect(run.predict([{ title: 'a', body: 'b' }])).rejects.toThrow(
    /no "description" column; found title, body.*this run has its texts in title and description: name those of the new rows with --text/,
  );
  await expect(run.predict([{ title: '', description: ' ', other: 'a' }])).rejects.toThrow(
    /no text in title, description: the only row is blank there; this run has its texts in title and description$/,
  );
  await expect(run.predict(take([0]))).rejects.toThrow(/^vectors must be given with the new rows/);
});

test('rows unlike all of the run are said to be far, and its own rows are not', async () => {
  const run = await openRun(join(folder.path, 'raw'));
  const { far } = await run.predict(take(own), { vectors: news.vectors(own) });
  expect(far.some((one) => one === 1)).toBe(false);
  const away = news.vectors(range(0, 12));
  // No text of the run points the opposite way.
  for (const [at, value] of away.data.entries()) away.data[at] = -value;
  const odd = await run.predict(take(range(0, 12)), { vectors: away });
  expect(Array.from(odd.far)).toEqual(new Array(12).fill(1));
});
