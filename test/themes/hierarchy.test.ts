import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bySize } from '../../src/themes/groups.js';
import { openHierarchy } from '../../src/themes/hierarchy.js';
import {
  bestLevel,
  chooseLevels,
  contenders,
  mostOfTopics,
  scoreLevels,
  stays,
} from '../../src/themes/levels.js';
import { UnitRows } from '../../src/themes/rows.js';
import { findThemes, rowsAsLeaves as leavesOf } from '../../src/themes/themes.js';
import { directions, nearestOthers } from './data.js';

const ROWS = 240;
const vectors = directions(ROWS, 24, 6, 0.35);
const truth = Int32Array.from({ length: ROWS }, (_, row) => row % 6);
let rows: UnitRows;

beforeAll(async () => {
  rows = await UnitRows.open(vectors, 1e6, 1);
});
afterAll(() => rows.close());

const rowsAsLeaves = () => leavesOf(ROWS);

describe('openHierarchy', () => {
  test('six directions come out as six groups', async () => {
    const cut = await (await openHierarchy(rows, rowsAsLeaves())).cut(6);
    expect(cut.size).toEqual(new Int32Array(6).fill(40));
    for (let row = 6; row < ROWS; row++) expect(cut.labels[row]).toBe(cut.labels[row % 6]);
    expect(cut.silhouette).toBeGreaterThan(0.5);
  });

  test('every number of groups is met exactly and every row is in one', async () => {
    const hierarchy = await openHierarchy(rows, rowsAsLeaves());
    for (const count of [1, 2, 3, 17, 100, ROWS]) {
      const { labels, size } = await hierarchy.cut(count);
      expect(size.length).toBe(count);
      expect(Math.min(...labels)).toBe(0);
      expect(size.reduce((sum, one) => sum + one, 0)).toBe(ROWS);
    }
  });

  test('rows in no fine group go to the nearest mean', async () => {
    const half = bySize(truth.map((label, row) => (row < 60 ? label : -1)));
    const { labels } = await (await openHierarchy(rows, half)).cut(6);
    for (let row = 6; row < ROWS; row++) expect(labels[row]).toBe(labels[row % 6]);
  });

  test('two groups of an even arc end in its halves from wherever they start', async () => {
    const count = 600;
    const angles = Array.from({ length: count }, (_, row) => (row / count) * (Math.PI / 2));
    const data = Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
    const arc = await UnitRows.open({ data, rows: count, cols: 2 }, 1e5, 1);
    try {
      // The border halves its distance to the middle in a round.
      const start = bySize(Int32Array.from({ length: count }, (_, row) => (row < 10 ? 1 : 0)));
      const { size } = await (await openHierarchy(arc, start)).cut(2);
      expect(size[1]).toBeGreaterThanOrEqual(298);
    } finally {
      arc.close();
    }
  });

  test('groups of one or two rows have no silhouette to speak of, six directions have a high one', async () => {
    const hierarchy = await openHierarchy(rows, rowsAsLeaves());
    const of = async (count: number) => (await hierarchy.cut(count)).silhouette;
    expect(await of(6)).toBeGreaterThan(0.5);
    expect(await of(ROWS / 2)).toBeLessThan(0.15);
    expect(await of(ROWS)).toBe(0);
  });

  test('one thread and two give the same groups and silhouettes', async () => {
    const two = await UnitRows.open(vectors, 1e6, 2);
    try {
      for (const count of [2, 5, 31]) {
        const one = await (await openHierarchy(rows, rowsAsLeaves())).cut(count);
        expect(await (await openHierarchy(two, rowsAsLeaves())).cut(count)).toEqual(one);
      }
    } finally {
      two.close();
    }
  });
});

describe('findThemes', () => {
  test('themes are the six directions, and no level is finer than the rows bear', async () => {
    const hierarchy = await openHierarchy(rows, rowsAsLeaves());
    const found = await findThemes(hierarchy, { vectors }, nearestOthers(vectors, 15), 30, {});
    expect(found.themes?.count).toBe(6);
    expect(found.levels.length).toBeGreaterThan(1);
    expect(found.levels.length).toBeLessThanOrEqual(6);
    const counts = found.levels.map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(found.why).toMatch(/^6 themes: /);
    const at = counts.indexOf(6);
    for (const level of found.levels.slice(0, -1))
      expect(Math.min(...level.parents)).toBeGreaterThanOrEqual(0);
    // Finer groups of one direction have that direction's theme above them.
    if (at > 0) {
      const finer = found.levels[at - 1];
      for (let row = 0; row < ROWS; row++)
        expect(finer.parents[finer.labels[row]]).toBe(found.levels[at].labels[row]);
    }
  });

  test('themes of before stay where no others are clearly better, and new rows join the nearest', async () => {
    const hierarchy = await openHierarchy(rows, rowsAsLeaves());
    const graph = nearestOthers(vectors, 15);
    const find = (before: Int32Array) => findThemes(hierarchy, { vectors }, graph, 30, { before });
    const numbers = Int32Array.from(truth, (theme, row) => (row < 120 ? 10 + theme : -1));
    const kept = await find(numbers);
    expect(kept.why).toMatch(/^6 themes: .*; those of before stay$/);
    for (let row = 6; row < ROWS; row++) expect(kept.themes?.labels[row]).toBe(kept.themes?.labels[row % 6]);
    const poor = await find(Int32Array.from(truth, (theme, row) => (row < 120 ? theme % 2 : -1)));
    expect(poor.why).toMatch(/^6 themes: /);
    expect(poor.why).not.toContain('stay');
    const none = await find(new Int32Array(ROWS).fill(-1));
    expect(none.why).not.toContain('stay');
  });

  test('a handful of rows has no themes', async () => {
    const few = directions(6, 24, 2, 0.1);
    const tiny = await UnitRows.open(few, 1e3, 1);
    try {
      const hierarchy = await openHierarchy(tiny, leavesOf(6));
      const found = await findThemes(hierarchy, { vectors: few }, nearestOthers(few, 5), 2, {});
      expect(found).toEqual({ levels: [], why: 'too few rows for themes' });
    } finally {
      tiny.close();
    }
  });
});

test('few rows have at most twice as many themes as topics, many rows a part of that', () => {
  expect(mostOfTopics(28, 1000)).toBe(56);
  expect(mostOfTopics(1, 1000)).toBe(3);
  // √(1,500 / 6,000) and √(1,500 / 150,000)
  expect(mostOfTopics(100, 6000)).toBe(100);
  expect(mostOfTopics(300, 150_000)).toBe(60);
});

describe('bestLevel', () => {
  const level = (count: number, modularity: number, silhouette = 0, largest = 0.1) => ({
    count,
    modularity,
    silhouette,
    largest,
  });

  test('levels whose largest group holds more than half of the rows, too fine ones and much worse ones are no themes', () => {
    const levels = [level(2, 0.9, 0.9, 0.8), level(3, 0.1), level(4, 0.5), level(5, 0.4), level(6, 0.9)];
    expect(contenders(levels, 5).map(({ count }) => count)).toEqual([4, 5]);
    expect(contenders([level(2, 0.4, 0, 0.8)], 5).map(({ count }) => count)).toEqual([2]);
  });

  test('themes of before stay where the best is worth at most 0.03 more and allows nearly as many', () => {
    const best = level(8, 0.62);
    expect(stays(level(16, 0.591), best, 16)).toBe(true);
    expect(stays(level(16, 0.589), best, 16)).toBe(false);
    expect(stays(level(16, 0.7), best, 13)).toBe(true);
    expect(stays(level(16, 0.7), best, 12)).toBe(false);
  });

  const countOf = (levels: ReturnType<typeof level>[]) => bestLevel(levels)?.count;

  test('no levels have no best one, and a level alone is the best', () => {
    expect(bestLevel([])).toBeUndefined();
    expect(countOf([level(7, 0.1)])).toBe(7);
  });

  test('of two levels that score alike the finer one is taken, and the better one where they differ', () => {
    expect(countOf([level(8, 0.6), level(16, 0.5995)])).toBe(16);
    expect(countOf([level(8, 0.7), level(16, 0.6)])).toBe(8);
  });

  test('of many levels that score nearly alike one about the middle is taken, whichever is best by a little', () => {
    const plateau = [4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 25];
    const best = plateau.map((one) =>
      countOf(plateau.map((count) => level(count, one === count ? 0.605 : 0.6))),
    );
    for (const count of best) {
      expect(count).toBeGreaterThanOrEqual(10);
      expect(count).toBeLessThanOrEqual(16);
    }
  });

  test('of levels that score alike the one on which halves agree is taken', () => {
    const halves = (count: number, agreement: number) => ({ ...level(count, 0.6), agreement });
    expect(countOf([halves(3, 0.6), halves(4, 0.9), halves(20, 0.6), halves(40, 0.5)])).toBe(4);
    expect(countOf([halves(3, 0.5), halves(4, 0.6), halves(20, 0.9), halves(40, 0.6)])).toBe(20);
  });

  test('chosen levels are one a range, the theme in its own', () => {
    const levels = [3, 4, 5, 8, 12, 18, 30, 60].map((count) => level(count, count === 4 ? 0.9 : 0.5));
    const chosen = chooseLevels(levels, levels[5]);
    expect(chosen.map(({ count }) => count).sort((a, b) => a - b)).toEqual([4, 8, 18, 30, 60]);
  });

  test('of numbers finer than themes can be every other one is scored', async () => {
    const hierarchy = await openHierarchy(rows, rowsAsLeaves());
    const scores = await scoreLevels(hierarchy, nearestOthers(vectors, 15), 22);
    const counts = scores.map(({ count }) => count);
    expect(counts.filter((count) => count <= 22)).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 22,
    ]);
    expect(counts.filter((count) => count > 22)).toEqual([28, 36, 45]);
  });

  test('modularity of two halves that are neighbours only of themselves is one half', async () => {
    const two = directions(40, 8, 2, 0.01);
    const open = await UnitRows.open(two, 1e3, 1);
    try {
      const hierarchy = await openHierarchy(open, leavesOf(40));
      const [scored] = await scoreLevels(hierarchy, nearestOthers(two, 5), 5);
      expect(scored).toMatchObject({ count: 2, largest: 0.5 });
      expect(scored.modularity).toBeCloseTo(0.5);
    } finally {
      open.close();
    }
  });
});
