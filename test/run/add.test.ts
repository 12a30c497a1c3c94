import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ClusterOptions, type ClusterResult, cluster, openRun } from '../../src/index.js';
import type { Run } from '../../src/run/run.js';
import { testFolder } from '../helpers/folder.js';
import { smallOptions, smallRows } from '../helpers/small-run.js';
import { type News, partition, range, readNews } from './news.js';

const folder = testFolder();
const at = (name: string) => join(folder.path, name);
const RAW: ClusterOptions = { space: 'raw', minClusterSize: 3, text: ['title', 'description'] };

let news: News;
const take = (rows: readonly number[]) => rows.map((row) => news.rows[row]);
const clustered = (rows: readonly number[], options: ClusterOptions) =>
  cluster(take(rows), { ...options, layout: { epochs: 20 }, vectors: news.vectors(rows) });

async function grown(
  name: string,
  first: readonly number[],
  steps: readonly number[][],
  options: ClusterOptions,
) {
  const result = await clustered(first, options);
  await result.save(at(name));
  let run: Run = await openRun(at(name));
  for (const step of steps) run = await run.add(take(step), { vectors: news.vectors(step) });
  return { result, run };
}

beforeAll(async () => {
  news = await readNews();
});

describe('600 rows and 270 more, in the raw space', () => {
  let whole: ClusterResult;
  let once: { result: ClusterResult; run: Run };

  beforeAll(async () => {
    whole = await clustered(range(0, 870), RAW);
    once = await grown('once', range(0, 600), [range(600, 870)], RAW);
  });

  test('are clustered as all 870 at once, and it is proven', () => {
    expect(partition(once.run.labels)).toEqual(partition(whole.labels));
    expect(once.run.fit.exactness.certified).toBe(true);
    expect(once.run.fit.singleLinkage.distance).toEqual(whole.fit.singleLinkage.distance);
    expect(once.run.facts.choice?.topics).toBe(whole.facts.choice?.topics);
  });

  test('give the same in three steps and another order', async () => {
    const shuffled = range(600, 870).sort((a, b) => ((a * 7919) % 270) - ((b * 7919) % 270));
    const steps = [shuffled.slice(0, 50), shuffled.slice(50, 200), shuffled.slice(200)];
    const three = await grown('three', range(0, 600), steps, RAW);
    const labels = new Int32Array(870);
    for (const [place, row] of [...range(0, 600), ...shuffled].entries())
      labels[row] = three.run.labels[place];
    expect(partition(labels)).toEqual(partition(whole.labels));
  });

  test('give the same row by row', async () => {
    const single = await grown('single', range(0, 867), [[867], [868], [869]], RAW);
    expect(partition(single.run.labels)).toEqual(partition(whole.labels));
  });

  test('topics that are still the same keep id and name, others get ids that none had', () => {
    const { result, run } = once;
    const kept = run.changes?.topics.filter(({ kind }) => kind === 'kept') ?? [];
    expect(kept.length).toBeGreaterThan(10);
    const nameOf = new Map(result.topics.map(({ id, name }) => [id, name]));
    for (const { id, overlap } of kept) {
      expect(overlap).toBeGreaterThanOrEqual(0.3);
      expect(run.topics.find((topic) => topic.id === id)?.name).toBe(nameOf.get(id));
      const before = range(0, 600).filter((row) => result.labels[row] === id);
      const stayed = before.filter((row) => run.labels[row] === id);
      expect(stayed.length).toBeGreaterThan(0);
    }
    const fresh = run.topics.filter(({ id }) => !nameOf.has(id));
    expect(Math.min(...fresh.map(({ id }) => id))).toBeGreaterThanOrEqual(result.topics.length);
    expect(new Set(run.topics.map(({ name }) => name)).size).toBe(run.topics.length);
    expect(new Set(run.topics.map(({ id }) => id)).size).toBe(run.topics.length);
  });

  test('old rows keep their places, new ones have one of their own', () => {
    const { result, run } = once;
    expect(run.points.subarray(0, 1200)).toEqual(result.points);
    expect(run.points.every(Number.isFinite)).toBe(true);
    expect(run.facts.trustworthiness).toBeGreaterThan(0.8);
  });

  test('the folder holds the run that was returned, with what changed', async () => {
    const opened = await openRun(at('once'));
    expect(opened.labels).toEqual(once.run.labels);
    expect(opened.topics).toEqual(once.run.topics);
    expect(opened.history).toMatchObject([{ did: 'cluster' }, { did: 'add', added: 270, rows: 870 }]);
    const changes = JSON.parse(readFileSync(join(at('once'), 'changes.json'), 'utf8'));
    expect(changes.topics).toEqual(JSON.parse(JSON.stringify(once.run.changes?.topics)));
    expect(readFileSync(join(at('once'), 'changes.md'), 'utf8')).toContain('# What changed');
  });
});

describe.each([
  ['raw', RAW],
  ['reduced', { text: ['title', 'description'] }],
] as [string, ClusterOptions][])('a new section in the %s space', (name, options) => {
  test('is born as topics of its own; old topics stay where they were', async () => {
    const of = (...sections: string[]) =>
      range(0, 870).filter((row) => sections.includes(news.rows[row].section));
    const [before, after] = [of('World', 'Sports'), of('Business')];
    const { result, run } = await grown(`section-${name}`, before, [after], options);
    const were = new Set(result.topics.map(({ id }) => id));
    for (const { id } of [...(run.changes?.growing ?? []), ...(run.changes?.fading ?? [])])
      expect(were.has(id)).toBe(true);
    expect(run.points.subarray(0, before.length * 2)).toEqual(result.points);
    const born = run.changes?.topics.filter(({ kind }) => kind === 'born') ?? [];
    expect(born.length).toBeGreaterThanOrEqual(3);
    const fresh = range(before.length, run.labels.length);
    for (const { id, after: size } of born) {
      const members = fresh.filter((row) => run.labels[row] === id);
      expect(members.length).toBeGreaterThanOrEqual(size / 2);
    }
    const kept = run.changes?.topics.filter(({ kind }) => kind === 'kept').length ?? 0;
    expect(kept).toBeGreaterThanOrEqual(result.topics.length * 0.6);
    const themeOf = new Map(result.themeTopics.map((theme) => [theme.id, theme]));
    for (const theme of run.themeTopics.filter(({ id }) => themeOf.has(id))) {
      const isNew = fresh.filter((row) => run.themes[row] === theme.id).length > theme.size / 2;
      expect(theme.name !== themeOf.get(theme.id)?.name).toBe(isNew);
    }
    if (name === 'reduced') {
      expect(run.changes?.themes.filter(({ formerName }) => formerName !== undefined)).not.toEqual([]);
      expect(run.facts.choice?.topics).toContain(
        `${after.length} rows placed in the reduced space and on the map`,
      );
    }
  });
});

describe('a run with three times its rows', () => {
  const options: ClusterOptions = { text: ['title', 'description'] };
  const [first, later, last] = [0, 1, 2].map((part) => range(0, 870).filter((row) => row % 3 === part));
  const some = last.splice(-20);
  let result: ClusterResult;
  let run: Run;

  beforeAll(async () => {
    ({ result, run } = await grown('thrice', first, [[...later, ...last]], options));
  });

  test('has as many topics as clustering anew finds, about; its map stays', async () => {
    const rows = [...first, ...later, ...last];
    const whole = await clustered(rows, options);
    // 24 in the reduced space of the first rows, where clustering anew finds 34 or more.
    expect(run.topics.length).toBeGreaterThan(0.85 * whole.topics.length);
    expect(run.changes?.how).toContain(
      'in the reduced space all rows are placed anew, since there are 2.9 times the 290 that it was made from',
    );
    expect(run.history.map(({ laidOut }) => laidOut)).toEqual([undefined, true]);
    expect(run.points.subarray(0, 2 * first.length)).toEqual(result.points);
    const known = run.changes?.topics.filter(({ kind }) => kind === 'kept') ?? [];
    expect(known.length).toBeGreaterThanOrEqual(result.topics.length * 0.6);
  });

  test('draws kept topics in the colours that they had, also when it is opened again', async () => {
    // A path a topic, in their order; that of rows in no topic has an opacity.
    const colorsIn = (drawn: ClusterResult) => {
      const strokes = drawn.toSvg().matchAll(/ stroke="(#[0-9a-f]{6})"(?! stroke-opacity)/g);
      return new Map(Array.from(strokes, ([, color], at) => [drawn.topics[at].id, color]));
    };
    const [before, after] = [colorsIn(result), colorsIn(run)];
    expect(after.size).toBe(run.topics.length);
    const kept = [...before].filter(([id]) => after.has(id));
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.map(([id]) => after.get(id))).toEqual(kept.map(([, color]) => color));
    expect(colorsIn(await openRun(at('thrice')))).toEqual(after);
    const cut = await run.recut({ clusters: 5, save: false });
    const both = [...colorsIn(cut)].filter(([id]) => after.has(id));
    expect(both.every(([id, color]) => after.get(id) === color)).toBe(true);
    expect(colorsIn(await cut.recut({ save: false }))).toEqual(after);
  });

  test('keeps the new five dimensions when a few rows more come, and after its first cut comes back', async () => {
    const before = run.fit.points?.data;
    const next = await run.add(take(some), { vectors: news.vectors(some), save: false });
    expect(next.fit.points?.data.subarray(0, before?.length)).toEqual(before);
    expect(next.changes?.how).toMatch(/ which stay where they were; from 1,700 rows on, /);
    expect(next.history.at(-1)).not.toHaveProperty('laidOut');
    const back = await (await run.recut({ clusters: 5, save: false })).recut({ save: false });
    expect(back.labels).toEqual(run.labels);
  });
});

test('a run of exactly 12 topics has the same ones after rows were added, and after its first cut comes back', async () => {
  const options: ClusterOptions = { text: ['title', 'description'], clusters: 12 };
  // New rows like the earlier ones: every third.
  const [first, later] = [false, true].map((isLater) =>
    range(0, 870).filter((row) => (row % 3 === 0) === isLater),
  );
  const { result, run } = await grown('exact', first, [later], options);
  expect(result.topics).toHaveLength(12);
  expect(run.changes?.topics.map(({ kind }) => kind)).toEqual(new Array(12).fill('kept'));
  const moved = range(0, first.length).filter((row) => run.labels[row] !== result.labels[row]);
  expect(moved.length).toBeLessThan(90);
  const back = await (await run.recut({ clusters: 5 })).recut({});
  expect(back.labels).toEqual(run.labels);
});

describe('rows of a source', () => {
  const options = { ...smallOptions, cache: false, minClusterSize: 3 } satisfies ClusterOptions;
  const model = smallOptions.model;
  const rows = smallRows('first', 40).map((row, n) => ({ ...row, n }));
  const open = async (name: string) => {
    await (await cluster(rows, options)).save(at(name));
    return openRun(at(name));
  };

  test('that the run has are left out, by all of their cells or by their id', async () => {
    const run = await open('known');
    const changed = { ...rows[3], text: 'topic3 other words' };
    const source = [rows[3], changed, { title: 'topic1 new 1', text: 'topic1 number', n: 99 }];
    const whole = await run.add(source, { model, save: false });
    expect([run.facts.engines, whole.facts.engines]).toEqual([
      ['a function of the caller'],
      ['a function of the caller'],
    ]);
    expect([whole.labels.length, whole.changes?.skipped]).toEqual([42, 1]);
    const byId = await run.add(source, { model, save: false, id: 'n' });
    expect([byId.labels.length, byId.changes?.skipped, byId.changes?.changedTexts]).toEqual([41, 2, 1]);
    const all = await run.add(source, { model, save: false, duplicates: 'add' });
    expect([all.labels.length, all.changes?.skipped]).toEqual([43, 0]);
    await expect(run.add(source, { model, id: 'none' })).rejects.toThrow(/has no column none for ids/);
  });

  test('without a text have no topic, and new columns are blank in earlier rows', async () => {
    const run = await open('blank');
    const grown = await run.add(
      [
        { title: '', text: '', n: 1, more: 'x' },
        { ...rows[0], n: 77 },
      ],
      { model },
    );
    expect(grown.labels[40]).toBe(-1);
    expect(grown.table.columns).toEqual(['title', 'text', 'n', 'more']);
    expect([grown.table.values[3][0], grown.table.values[3][40]]).toEqual([null, 'x']);
    expect(grown.filledRows).toHaveLength(41);
  });

  test('of the same file again change nothing, and nothing is written', async () => {
    const run = await open('again');
    const same = await run.add(rows, { model });
    expect(same.labels).toEqual(run.labels);
    expect(same.points).toEqual(run.points);
    expect(same.topics).toEqual(run.topics);
    expect(same.changes).toMatchObject({ skipped: 40, moved: { rows: 0 } });
    expect([same.written, same.history]).toEqual([[], run.history]);
  });

  test('are refused with another model, other options, or a run that changed meanwhile', async () => {
    const run = await open('refused');
    const more = [{ title: 'topic1 more', text: 'x', n: 50 }];
    const other = { id: 'other', embed: (texts: string[]) => texts.map(() => [1, 2, 3]) };
    await expect(run.add(more, { model: other })).rejects.toThrow(
      /model must be the one that the run was made with/,
    );
    await expect(run.add(more, { model, minClusterSize: 9 })).rejects.toThrow(
      'minClusterSize is 3 in this run; got 9; leave it out, or cluster again with it',
    );
    await (await openRun(at('refused'))).add(more, { model });
    await expect(run.add([{ title: 'topic2 x', text: 'y', n: 51 }], { model })).rejects.toThrow(
      /changed by another process/,
    );
    expect(existsSync(join(at('refused'), 'changes.md'))).toBe(true);
  });
});
