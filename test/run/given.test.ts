import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ClusterOptions, cluster, openRun } from '../../src/index.js';
import type { ClusterResult } from '../../src/pipeline/result.js';
import type { Run } from '../../src/run/run.js';
import { testFolder } from '../helpers/folder.js';
import { readGivenNews } from '../helpers/given-news.js';
import { partition } from './news.js';

const folder = testFolder();
let rows: { section: string; text: string }[];
let options: ClusterOptions;
/** Rows of all sections, and of the theme that is not given, are in both parts. */
const isFirst = (_: unknown, row: number) => row % 3 !== 0;
const isLater = (_: unknown, row: number) => row % 3 === 0;

/** Name of each row's given topic, '' for none. */
const namesIn = ({ topics, labels }: ClusterResult): string[] => {
  const given = new Map(topics.flatMap(({ id, name, given }) => (given ? [[id, name]] : [])));
  return Array.from(labels, (label) => given.get(label) ?? '');
};
const agreed = (first: readonly string[], second: readonly string[]): number =>
  first.filter((name, at) => name === second[at]).length / first.length;

beforeAll(async () => {
  ({ rows, options } = await readGivenNews());
});

describe.each([
  ['raw', { space: 'raw', minClusterSize: 3 }],
  ['reduced', {}],
] as [string, ClusterOptions][])('a run with given topics (%s)', (name, own) => {
  let run: Run;
  let grown: Run;
  let both: { section: string; text: string }[];

  let first: typeof rows;
  let later: typeof rows;

  beforeAll(async () => {
    // The raw space is compared with clustering all at once, for which fewer rows do.
    const some = name === 'raw' ? rows.filter((_, row) => row % 2 === 0) : rows;
    [first, later] = [some.filter(isFirst), some.filter(isLater)];
    both = [...first, ...later];
    const result = await cluster(first, { ...options, ...own });
    await result.save(join(folder.path, name));
    run = await openRun(join(folder.path, name));
    grown = await run.add(later, { model: options.model, save: false });
  }, 120_000);

  test('takes rows: those near a given topic get it, under its id, and the rest is clustered', () => {
    const before = run.topics.filter(({ given }) => given);
    expect(before.length).toBeGreaterThanOrEqual(3);
    for (const { id, name: own } of before)
      expect(grown.topics.find((topic) => topic.id === id)).toMatchObject({ name: own, given: true });
    const named = namesIn(grown).map((given, row) => ({ given, section: both[row].section }));
    const assigned = named.slice(run.labels.length).filter(({ given }) => given !== '');
    expect(assigned.length).toBeGreaterThan(40);
    expect(
      assigned.filter(({ given, section }) => given === section).length / assigned.length,
    ).toBeGreaterThan(0.8);
    expect(grown.facts.given?.map(({ name: of }) => of)).toEqual(['Business', 'Sci/Tech', 'Sports', 'World']);
    expect(grown.points.subarray(0, run.points.length)).toEqual(run.points);
  });

  test('predicts the fitted topics of its own rows, and those that adding gives others', async () => {
    const found = await run.predict(first, { model: options.model });
    expect(found.topics).toEqual(run.labels);
    expect(found.probabilities).toEqual(run.probabilities);
    const others = await run.predict(later, { model: options.model });
    const given = new Map(run.topics.flatMap(({ id, name: of, given: is }) => (is ? [[id, of]] : [])));
    const predicted = Array.from(others.topics, (id) => given.get(id) ?? '');
    expect(agreed(predicted, namesIn(grown).slice(run.labels.length))).toBeGreaterThan(0.85);
  });

  test('is cut anew with its given topics as they were', async () => {
    const cut = await run.recut({ clusterSelectionMethod: 'leaf', minClusterSize: 4, save: false });
    expect(namesIn(cut)).toEqual(namesIn(run));
    expect(partition(cut.labels)).not.toEqual(partition(run.labels));
    const again = await run.recut({ save: false });
    expect(partition(again.labels)).toEqual(partition(run.labels));
  });

  if (name !== 'raw') return;
  test('in the raw space is what clustering all rows at once gives', async () => {
    const whole = await cluster(both, { ...options, ...own });
    expect(partition(grown.labels)).toEqual(partition(whole.labels));
    expect(namesIn(grown)).toEqual(namesIn(whole));
    expect(grown.fit.exactness.certified).toBe(true);
  });
});

test('a run with given topics and three times its rows lays the rest out anew, and keeps the given topics', async () => {
  const [few, many] = [rows.filter(isLater), rows.filter(isFirst)];
  const path = join(folder.path, 'thrice');
  await (await cluster(few, options)).save(path);
  const run = await openRun(path);
  const grown = await run.add(many, { model: options.model, save: false });
  expect(grown.changes?.how).toContain('in the reduced space all rows are placed anew');
  expect(grown.history.at(-1)).toMatchObject({ did: 'add', laidOut: true });
  const before = run.topics.filter(({ given }) => given);
  expect(before.length).toBeGreaterThan(1);
  for (const { id, name: own } of before)
    expect(grown.topics.find((topic) => topic.id === id)).toMatchObject({ name: own, given: true });
  // The rest has places of its own, rows with a given topic have none.
  const placed = Array.from(grown.labels.keys()).filter((row) =>
    Number.isFinite(grown.fit.points?.data[grown.fit.points.cols * row]),
  );
  const given = new Set(grown.topics.flatMap(({ id, given: is }) => (is ? [id] : [])));
  expect(placed.some((row) => given.has(grown.labels[row]))).toBe(false);
  expect(placed.length).toBeGreaterThan(100);
});
