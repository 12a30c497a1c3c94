import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recut } from '../../src/hdbscan/index.js';
import type { ClusterOptions } from '../../src/options/table.js';
import { cluster } from '../../src/pipeline/cluster.js';
import type { ClusterResult } from '../../src/pipeline/result.js';
import { testFolder } from '../helpers/folder.js';
import { directions, shuffled } from '../themes/data.js';

const folder = testFolder();
const ROWS = 260;
const vectors = directions(ROWS, 24, 8, 0.5, 11);
const WORDS = ['oil', 'rain', 'goal', 'vote', 'film', 'bank', 'road', 'moon'];
const texts = Array.from({ length: ROWS }, (_, row) => `${WORDS[row % 8]} story ${row} of ${WORDS[row % 8]}`);
const number = new Map(texts.map((text, row) => [text, row]));
/** A text's vector is that of its row. */
const model: ClusterOptions['model'] = {
  embed: (all) =>
    all.map((text) => {
      const row = number.get(text) ?? 0;
      return vectors.data.subarray(row * 24, row * 24 + 24);
    }),
};
const quick = { layout: { epochs: 20 } };

async function allFiles(result: ClusterResult): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const write = async (name: string, work: (path: string) => Promise<void>) => {
    await work(join(folder.path, name));
    files[name] = readFileSync(join(folder.path, name), 'utf8');
  };
  await write('clusters.csv', (path) => result.writeCsv(path));
  await write('topics.csv', (path) => result.writeTopicsCsv(path));
  await write('report.md', (path) => result.writeReport(path));
  return files;
}

describe('a shuffled file', () => {
  test.each<[string, ClusterOptions]>([
    ['auto', {}],
    ['raw', { space: 'raw', minClusterSize: 4 }],
    ['reduced', { space: 'reduced' }],
    ['squares', { squared: true, minClusterSize: 4 }],
    ['exactly five', { clusters: 5 }],
  ])('gives the same rows, names, places and files, with any number of threads: %s', async (_, options) => {
    const straight = await cluster(texts, { model, threads: 1, ...quick, ...options });
    const files = await allFiles(straight);
    for (const [seed, threads] of [
      [1, 2],
      [2, 1],
    ]) {
      const order = shuffled(ROWS, seed);
      const mixed = await cluster(
        Array.from(order, (row) => texts[row]),
        { model, threads, ...quick, ...options },
      );
      const back = <T extends ArrayLike<number>>(values: T) => {
        const rows = new Array<number>(ROWS);
        for (let at = 0; at < ROWS; at++) rows[order[at]] = values[at];
        return rows;
      };
      expect(back(mixed.labels)).toEqual(Array.from(straight.labels));
      expect(back(mixed.themes)).toEqual(Array.from(straight.themes));
      expect(back(mixed.probabilities)).toEqual(Array.from(straight.probabilities));
      expect(back(mixed.nearestTopics)).toEqual(Array.from(straight.nearestTopics));
      expect(back(mixed.nearestStrengths)).toEqual(Array.from(straight.nearestStrengths));
      expect(back(mixed.points.filter((_, at) => at % 2 === 0))).toEqual(
        Array.from(straight.points.filter((_, at) => at % 2 === 0)),
      );
      expect(mixed.topics.map(({ name, keywords }) => [name, keywords])).toEqual(
        straight.topics.map(({ name, keywords }) => [name, keywords]),
      );
      const again = await allFiles(mixed);
      expect(again['topics.csv']).toBe(files['topics.csv']);
      expect(again['report.md']).toBe(files['report.md']);
      expect(again['clusters.csv'].split('\n').sort()).toEqual(files['clusters.csv'].split('\n').sort());
    }
  });
});

describe('topics and themes of a run', () => {
  test('every row has a theme, and themes, levels and topics fit together', async () => {
    const result = await cluster(texts, { model, ...quick });
    expect(Math.min(...result.themes)).toBe(0);
    expect(result.themeTopics.reduce((sum, { size }) => sum + size, 0)).toBe(ROWS);
    expect(result.themeTopics).toHaveLength(8);
    for (let row = 8; row < ROWS; row++) expect(result.themes[row]).toBe(result.themes[row % 8]);
    for (const { name, id } of result.themeTopics) {
      const word = WORDS[result.themes.indexOf(id) % 8];
      expect(name.toLowerCase()).toContain(word);
    }
    for (const { id, parent, size } of result.topics) {
      expect(result.labels.filter((label) => label === id)).toHaveLength(size);
      expect(result.themes[result.labels.indexOf(id)]).toBe(parent);
    }
    expect(result.levels.length).toBeGreaterThan(0);
    expect(result.levels.length).toBeLessThanOrEqual(6);
    expect(result.levels.filter(({ isTheme }) => isTheme)).toHaveLength(1);
    for (const { groups, labels } of result.levels) {
      expect(new Set(labels).size).toBe(groups.length);
      for (const { exemplars, id, keywords } of groups) {
        expect(keywords.length).toBeGreaterThan(0);
        expect(labels[exemplars[0]]).toBe(id);
      }
    }
    expect(result.facts.choice?.space).toBe('reduced');
    expect(result.facts.choice?.sweep).toMatch(/\*\*\d+: \d+/);
    expect(result.facts.exactness?.of).toBe('layout');
  });

  test.each([1, 2, 8, 50])(
    'exactly %i topics, every row in one, what density left out marked',
    async (clusters) => {
      const result = await cluster(texts, { model, clusters, ...quick });
      expect(result.topics).toHaveLength(clusters);
      expect(new Set(result.labels).size).toBe(clusters);
      expect(Math.min(...result.labels)).toBe(0);
      expect(result.themeTopics.length).toBeLessThanOrEqual(Math.max(2, clusters));
      for (let row = 0; row < ROWS; row++)
        expect(result.assigned[row]).toBe(result.fit.labels[row] < 0 ? 1 : 0);
    },
  );

  test('rows without a topic keep none, get the nearest, or all but a share do', async () => {
    // A few rows stand alone.
    const odd = texts.map((text, row) => (row % 13 === 0 ? `alone ${row}` : text));
    const isolated: ClusterOptions['model'] = {
      embed: (all) =>
        all.map((text) => {
          const row = /^alone (\d+)$/.exec(text)?.[1];
          if (row !== undefined) return directions(1, 24, 1, 1, Number(row) + 100).data;
          return vectors.data.subarray((number.get(text) ?? 0) * 24, (number.get(text) ?? 0) * 24 + 24);
        }),
    };
    const run = (noise?: string) =>
      cluster(odd, { model: isolated, space: 'raw', minClusterSize: 6, noise, ...quick });
    const kept = await run();
    const without = kept.labels.filter((label) => label < 0).length;
    expect(without).toBeGreaterThan(ROWS * 0.06);
    expect(Math.max(...kept.assigned)).toBe(0);
    expect(Math.min(...kept.nearestTopics)).toBe(0);
    const nearest = await run('nearest');
    expect(nearest.labels.includes(-1)).toBe(false);
    expect(nearest.assigned.reduce((sum, flag) => sum + flag, 0)).toBe(without);
    expect(nearest.facts.assigned).toBe(without);
    expect(nearest.labels).toEqual(nearest.nearestTopics);
    const some = await run('at-most:5%');
    expect(some.labels.filter((label) => label < 0)).toHaveLength(Math.floor(ROWS * 0.05));
    expect((await allFiles(some))['clusters.csv']).toMatch(/,true$/m);
  });

  test('more topics than there are groups are refused with the most there can be', async () => {
    await expect(cluster(texts, { model, clusters: 261 })).rejects.toThrow(/clusters must be at most/);
  });
});

test('above 2,000 rows, levels stand on clusters of half the planned size, and --clusters on smaller ones where it needs them', async () => {
  const many = directions(2100, 16, 90, 1, 5);
  const found = (clusters?: number) =>
    cluster(
      Array.from({ length: 2100 }, (_, row) => ({ text: `story ${row}` })),
      { vectors: many, layout: { epochs: 1 }, clusters },
    );
  const { fit, levels } = await found();
  const leavesOf = (minClusterSize: number) =>
    recut(fit, { clusterSelectionMethod: 'leaf', minClusterSize, maxClusterSize: 0 }).clusterCount;
  // The planned size is √2100 / 4, rounded: 11.
  const [half, smallest] = [leavesOf(6), leavesOf(5)];
  expect(half).toBeLessThan(smallest);
  expect(levels[0].groups.length).toBeLessThanOrEqual(half);
  const { topics, labels } = await found(smallest);
  expect(topics).toHaveLength(smallest);
  expect(labels).not.toContain(-1);
  // More groups than the tree has clusters: they are found around a sample of the rows.
  const more = await found(smallest + 1);
  expect(new Set(more.labels)).toEqual(new Set(Array.from({ length: smallest + 1 }, (_, id) => id)));
  await expect(found(2000)).rejects.toThrow(/clusters must be at most 1500, the finest/);
});
