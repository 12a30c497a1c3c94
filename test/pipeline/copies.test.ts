import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { recut } from '../../src/hdbscan/index.js';
import type { ClusterOptions } from '../../src/options/table.js';
import { cluster } from '../../src/pipeline/cluster.js';
import type { ClusterResult } from '../../src/pipeline/result.js';
import { testFolder } from '../helpers/folder.js';
import { directions, shuffled } from '../themes/data.js';

const ROWS = 240;
const COLS = 24;
const folder = testFolder();
const vectors = directions(ROWS, COLS, 8, 0.5, 11);
const WORDS = ['oil', 'rain', 'goal', 'vote', 'film', 'bank', 'road', 'moon'];
const texts = Array.from({ length: ROWS }, (_, row) => `${WORDS[row % 8]} story ${row} of ${WORDS[row % 8]}`);

/** Every text once, six of them 40 times more. */
const repeated = [5, 17, 42, 99, 143, 200];
const originalOf = [
  ...Array.from({ length: ROWS }, (_, row) => row),
  ...repeated.flatMap((row) => Array.from({ length: 40 }, () => row)),
];
const rowsOf = (rows: number[]) => rows.map((row) => ({ text: texts[row] }));
const vectorsOf = (rows: number[]) => ({
  data: Float32Array.from(rows.flatMap((row) => [...vectors.data.subarray(row * COLS, (row + 1) * COLS)])),
  rows: rows.length,
  cols: COLS,
});
const run = (rows: number[], options: ClusterOptions = {}) =>
  cluster(rowsOf(rows), { vectors: vectorsOf(rows), layout: { epochs: 20 }, ...options });

/** Groups as sets of rows, so that numbers of groups don't matter. */
function partition(labels: ArrayLike<number>, rows: number): string[] {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    if (labels[row] >= 0) groups.set(labels[row], [...(groups.get(labels[row]) ?? []), row]);
  }
  return [...groups.values()].map((group) => group.join()).sort();
}

describe('rows that repeat a text', () => {
  let alone: ClusterResult;
  let whole: ClusterResult;
  beforeAll(async () => {
    alone = await run([...Array(ROWS).keys()]);
    whole = await run(originalOf);
  });

  test('don’t change topics, themes, levels or places of the others', () => {
    expect(partition(whole.labels, ROWS)).toEqual(partition(alone.labels, ROWS));
    expect(partition(whole.themes, ROWS)).toEqual(partition(alone.themes, ROWS));
    expect(whole.levels.map(({ labels }) => partition(labels, ROWS))).toEqual(
      alone.levels.map(({ labels }) => partition(labels, ROWS)),
    );
    expect(whole.points.subarray(0, 2 * ROWS)).toEqual(alone.points);
    expect(whole.probabilities.subarray(0, ROWS)).toEqual(alone.probabilities);
    expect(whole.outlierScores.subarray(0, ROWS)).toEqual(alone.outlierScores);
    expect(whole.topics.map(({ keywords }) => keywords.join()).sort()).toEqual(
      alone.topics.map(({ keywords }) => keywords.join()).sort(),
    );
  });

  test('have all that their original has', () => {
    for (const column of [
      'labels',
      'themes',
      'nearestTopics',
      'nearestStrengths',
      'probabilities',
    ] as const) {
      const values = whole[column];
      expect(Array.from(values)).toEqual(originalOf.map((row) => values[row]));
    }
    const { parent, lambda } = whole.fit.condensedTree;
    expect(Array.from(parent.subarray(0, originalOf.length))).toEqual(originalOf.map((row) => parent[row]));
    expect(Array.from(lambda.subarray(0, originalOf.length))).toEqual(originalOf.map((row) => lambda[row]));
  });

  test('count in the sizes of topics, themes and levels, by which these are numbered', () => {
    const check = (labels: Int32Array, groups: ClusterResult['topics']) => {
      const sizes = groups.map(({ size }) => size);
      expect(sizes).toEqual(groups.map(({ id }) => labels.filter((label) => label === id).length));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    };
    check(whole.labels, whole.topics);
    check(whole.themes, whole.themeTopics);
    for (const { labels, groups } of whole.levels) check(labels, groups);
    for (const [at, { labels, groups }] of whole.levels.slice(0, -1).entries()) {
      const above = whole.levels[at + 1].labels;
      for (const { id, parent } of groups) {
        const inside = above.subarray(0, ROWS).filter((_, row) => labels[row] === id);
        const most = Math.max(...inside.map((group) => inside.filter((other) => other === group).length));
        expect(inside.filter((group) => group === parent)).toHaveLength(most);
      }
    }
  });

  test('are no part of the tree: another cut of it is that of the texts without them', () => {
    const cut = recut(whole.fit, { minClusterSize: 8 });
    expect(partition(cut.labels, ROWS)).toEqual(
      partition(recut(alone.fit, { minClusterSize: 8 }).labels, ROWS),
    );
    expect(cut.labels.subarray(ROWS).every((label) => label === -1)).toBe(true);
  });

  test('are named in the report', async () => {
    const path = join(folder.path, 'report.md');
    await whole.writeReport(path);
    const report = readFileSync(path, 'utf8');
    expect(report).toContain(
      '240 rows repeat an earlier text and counted with it, once, in clustering and keywords',
    );
    expect(report).toContain('copies of a text counted once');
  });

  test('give the same result in any order', async () => {
    const order = shuffled(originalOf.length, 5);
    const mixed = await run(Array.from(order, (at) => originalOf[at]));
    expect(Array.from(mixed.labels)).toEqual(Array.from(order, (at) => whole.labels[at]));
    expect(mixed.topics.map(({ name, size }) => [name, size])).toEqual(
      whole.topics.map(({ name, size }) => [name, size]),
    );
  });

  test('are rows like any other with copies: each, where a text repeated often is a topic', async () => {
    const each = await run(originalOf, { copies: 'each' });
    expect(each.fit.invalidRows).toBe(0);
    const alike = repeated.filter((row) => {
      const members = originalOf.filter((_, at) => each.labels[at] === each.labels[row]);
      return members.filter((other) => other === row).length >= 41;
    });
    expect(alike.length).toBe(repeated.length);
    expect(partition(each.labels, ROWS)).not.toEqual(partition(whole.labels, ROWS));
  });

  test('count each in the raw space, and once there with the option for it', async () => {
    expect((await run(originalOf, { space: 'raw' })).fit.invalidRows).toBe(0);
    expect((await run(originalOf, { space: 'raw', copies: 'once' })).fit.invalidRows).toBe(240);
  });

  test('are no copies where their vectors differ', async () => {
    const own = vectorsOf(originalOf);
    for (let row = ROWS; row < own.rows; row++) own.data[row * COLS] += row / 1000;
    const result = await cluster(rowsOf(originalOf), { vectors: own, layout: { epochs: 20 } });
    expect(result.fit.invalidRows).toBe(0);
  });
});
