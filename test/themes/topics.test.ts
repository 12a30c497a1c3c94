import { describe, expect, test } from 'vitest';
import { hdbscan, type RecutOptions } from '../../src/hdbscan/index.js';
import { recutWeighed } from '../../src/hdbscan/recut.js';
import {
  chooseTopics,
  largestShareRows,
  partsMarginFor,
  samplesFor,
  smallestTopic,
  sweepLine,
  sweepSizes,
} from '../../src/themes/choose.js';
import { divideLarge, topicBounds } from '../../src/themes/divide.js';
import { bySize, parentsOf } from '../../src/themes/groups.js';
import { applyNoise, nearestByNeighbors, nearestTopics, parseNoise } from '../../src/themes/nearest.js';
import { UnitRows } from '../../src/themes/rows.js';
import { directions, nearestOthers, seeded } from './data.js';

describe('sizes', () => {
  test.each([
    [2, 2],
    [20, 2],
    [48, 5],
    [300, 5],
    [2000, 11],
    [20_000, 35],
  ])('%i rows: the smallest topic has %i', (rows, least) => {
    expect(smallestTopic(rows)).toBe(least);
  });

  test.each([
    [20, 3],
    [300, 3],
    [2000, 8],
    [4000, 14],
    [6400, 20],
    [1_000_000, 30],
  ])('among %i rows, the core distance is that of neighbour %i', (rows, samples) => {
    expect(samplesFor(rows)).toBe(samples);
  });

  test.each([
    [20, 2],
    [2000, 2],
    [4000, 1.625],
    [6000, 1.25],
    [1_000_000, 1.25],
  ])('among %i rows, parts must be more than %f times as stable as their cluster', (rows, margin) => {
    expect(partsMarginFor(rows)).toBe(margin);
  });

  test('a choice with few rows in topics is refused for a smaller size, and the line says so', async () => {
    // Twelve groups of nine on a line, each twice as far from the one before: they join one by one, and no two parts of 20 ever do.
    const random = seeded(2);
    const rows = 108;
    const data = Float32Array.from(
      { length: rows * 2 },
      (_, at) => (at % 2 === 0 ? 2 ** ((at >> 1) % 12) : 0) + (random() - 0.5) * 0.05,
    );
    const fit = await hdbscan({ data, rows, cols: 2 }, { minClusterSize: 5, minSamples: 3 });
    const choice = chooseTopics(fit, 20, 1, (options) => recutWeighed(fit, options));
    expect(choice.fit.settings.minClusterSize).toBeLessThan(20);
    expect(choice.why).toMatch(/refused: 20 \(\d+ % in topics\)/);
    expect(Math.max(...bySize(choice.fit.labels).size)).toBeLessThanOrEqual(largestShareRows(rows));
    const steps = sweepSizes(fit, choice.fit.settings.minClusterSize, largestShareRows(rows));
    const line = sweepLine(steps, choice.fit.settings.minClusterSize);
    expect(line).toContain(`**${choice.fit.settings.minClusterSize}: ${choice.fit.clusterCount}`);
    expect(steps.some(({ isCliff }) => isCliff)).toBe(true);
    expect(line).toContain('(cliff)');
  });
});

describe('chooseTopics', () => {
  /** Ten tight groups of twelve, in each a tighter one of six. */
  const nested = () => {
    const random = seeded(4);
    const place = (at: number) => {
      const row = at >> 1;
      const spread = row % 12 < 6 ? 0.02 : 0.4;
      return (at % 2 === 0 ? 10 * Math.floor(row / 12) : 0) + (random() - 0.5) * spread;
    };
    return { data: Float32Array.from({ length: 240 }, (_, at) => place(at)), rows: 120, cols: 2 };
  };

  test('where no size puts three fifths of the rows into topics, the largest margin is tried', async () => {
    const fit = await hdbscan(nested(), { minClusterSize: 5, minSamples: 3 });
    const tried: number[] = [];
    const cut = (options: RecutOptions, partsMargin: number) => {
      tried.push(partsMargin);
      const made = recutWeighed(fit, options, { partsMargin });
      // Only whole groups count as found.
      return partsMargin === 2 ? made : { ...made, labels: made.labels.fill(-1) };
    };
    const choice = chooseTopics(fit, 6, 1.25, cut);
    expect(tried).toEqual([1.25, 1.25, 2]);
    expect(choice.inTopics).toBeGreaterThanOrEqual(0.6);
    expect(choice.why).toBe('smallest topic 6 rows; refused: 6 (0 % in topics), 5 (0 % in topics)');
  });

  test('where none does with that margin either, the size with most rows in topics is taken', async () => {
    const random = seeded(5);
    const rows = 200;
    const data = Float32Array.from({ length: rows * 2 }, () => random());
    const fit = await hdbscan({ data, rows, cols: 2 }, { minClusterSize: 5, minSamples: 12 });
    const choice = chooseTopics(fit, 20, 1.25, (options, partsMargin) =>
      recutWeighed(fit, options, { partsMargin }),
    );
    expect(choice.inTopics).toBeLessThan(0.6);
    expect(choice.why).toMatch(/which puts most rows into topics|no cluster of/);
  });
});

describe('divideLarge', () => {
  const vectors = directions(120, 16, 4, 0.1);
  const rowsAsLeaves = Int32Array.from({ length: 120 }, (_, row) => row);

  test('one group of four directions becomes these four, and a small group stays', async () => {
    const labels = Int32Array.from({ length: 120 }, (_, row) => (row < 100 ? 0 : row < 108 ? 1 : -1));
    const found = await divideLarge(vectors, bySize(labels), rowsAsLeaves, 30, 5);
    expect(found.divided).toBe(1);
    expect(Array.from(found.size)).toEqual([25, 25, 25, 25, 8]);
    for (let row = 4; row < 100; row++) expect(found.labels[row]).toBe(found.labels[row % 4]);
    expect(found.labels.slice(108)).toEqual(new Int32Array(12).fill(-1));
    expect(Array.from(found.parentOf)).toEqual([0, 0, 0, 0, 1]);
  });

  test('no part is smaller than the smallest topic', async () => {
    const found = await divideLarge(vectors, bySize(new Int32Array(120)), rowsAsLeaves, 13, 7);
    expect(Math.min(...found.size)).toBeGreaterThanOrEqual(7);
    expect(found.size.reduce((sum, one) => sum + one, 0)).toBe(120);
  });

  test('parts are within the bound also where rows lie too evenly to be divided by what is near', async () => {
    const one = directions(40, 16, 1, 0.4);
    const leaves = Int32Array.from({ length: 40 }, (_, row) => row);
    for (const [most, least] of [
      [13, 5],
      [9, 5],
      [20, 10],
    ]) {
      const found = await divideLarge(one, bySize(new Int32Array(40)), leaves, most, least);
      expect(Math.max(...found.size)).toBeLessThanOrEqual(most);
      expect(Math.min(...found.size)).toBeGreaterThanOrEqual(least);
    }
  });

  test('copies of one row stay in one topic, even above the bound', async () => {
    const copies = directions(40, 16, 2, 0);
    const leaves = Int32Array.from({ length: 40 }, (_, row) => row);
    const found = await divideLarge(copies, bySize(new Int32Array(40)), leaves, 13, 5);
    for (let row = 2; row < 40; row++) expect(found.labels[row]).toBe(found.labels[row % 2]);
  });

  test('groups within the bound are as they were', async () => {
    const groups = bySize(Int32Array.from({ length: 120 }, (_, row) => row % 4));
    const found = await divideLarge(vectors, groups, rowsAsLeaves, 30, 5);
    expect(found.labels).toEqual(groups.labels);
    expect(found.divided).toBe(0);
  });

  test('large topics are measured against the others where there are many rows', () => {
    const sizes = [700, 400, 390, 380, 370, 360, 20, 20, 20];
    expect(topicBounds([9, 8, 7], 48)).toEqual({ clear: 12, most: 12 });
    expect(topicBounds([20, 16, 9, 7], 300)).toEqual({ clear: 12, most: 20 });
    expect(topicBounds([20, 16, 9, 7], 450)).toEqual({ clear: 18, most: 20 });
    expect(topicBounds(sizes, 8000)).toEqual({ clear: 429, most: 1120 });
    expect(topicBounds([101, 91, 80], 2000)).toEqual({ clear: 100, most: 132 });
    expect(topicBounds([], 1000)).toEqual({ clear: 31, most: 31 });
  });
});

describe('nearest topics', () => {
  const vectors = directions(60, 16, 3, 0.15);
  const truth = Int32Array.from({ length: 60 }, (_, row) => row % 3);
  const held = bySize(truth.map((label, row) => (row % 5 === 4 ? -1 : label)));

  test('rows without a topic are nearest to that of their direction, the others to their own', async () => {
    const rows = await UnitRows.open(vectors, 1e3, 1);
    try {
      const found = await nearestTopics(rows, held);
      for (let row = 3; row < 60; row++) expect(found.topic[row]).toBe(held.labels[row % 3]);
      expect(Math.min(...found.strength)).toBeGreaterThan(0.5);
      expect(Math.max(...found.strength)).toBeLessThanOrEqual(1);
    } finally {
      rows.close();
    }
  });

  test('with a layout the nearest place decides, and the cosine is still that of the vectors', async () => {
    const rows = await UnitRows.open(vectors, 1e3, 1);
    try {
      // Each row lies where the next direction's rows are.
      const places = {
        data: Float32Array.from({ length: 60 }, (_, row) => (row + 1) % 3),
        rows: 60,
        cols: 1,
      };
      const moved = { ...places, data: places.data.map((place, row) => (row === 4 ? 0 : place)) };
      const found = await nearestTopics(rows, held, { places: moved });
      expect(found.topic[9]).toBe(held.labels[0]);
      expect(found.topic[4]).toBe(held.labels[2]);
      const straight = await nearestTopics(rows, held);
      expect(found.strength[9]).toBe(straight.strength[9]);
      expect(found.strength[4]).toBeLessThan(straight.strength[4]);
    } finally {
      rows.close();
    }
  });

  test('neighbours say the same where there are no vectors', () => {
    const found = nearestByNeighbors(nearestOthers(vectors, 10), held);
    for (let row = 3; row < 60; row++) expect(found.topic[row]).toBe(held.labels[row % 3]);
    expect(found.strength[4]).toBeGreaterThan(0.5);
  });

  test('without topics nothing is near', async () => {
    const none = bySize(new Int32Array(60).fill(-1));
    expect(nearestByNeighbors(nearestOthers(vectors, 10), none).topic).toEqual(new Int32Array(60).fill(-1));
  });

  test('keep, nearest and at most a share', () => {
    const labels = Int32Array.of(0, -1, -1, 1, -1);
    const nearest = { topic: Int32Array.of(0, 0, 1, 1, 1), strength: Float64Array.of(1, 0.2, 0.9, 1, 0.5) };
    expect(Array.from(applyNoise(labels, nearest, 'keep').labels)).toEqual([0, -1, -1, 1, -1]);
    expect(Array.from(applyNoise(labels, nearest, 'nearest').labels)).toEqual([0, 0, 1, 1, 1]);
    const most = applyNoise(labels, nearest, { atMost: 0.2 });
    expect(Array.from(most.labels)).toEqual([0, -1, 1, 1, 1]);
    expect(Array.from(most.assigned)).toEqual([0, 0, 1, 0, 1]);
    expect(Array.from(labels)).toEqual([0, -1, -1, 1, -1]);
  });

  test.each([
    ['keep', 'keep'],
    ['nearest', 'nearest'],
    ['at-most:5%', { atMost: 0.05 }],
    ['at-most:0.2', { atMost: 0.2 }],
    ['at-most:101%', undefined],
    ['at-most', undefined],
    ['none', undefined],
  ])('%s is read as it is meant', (text, rule) => {
    expect(parseNoise(text)).toEqual(rule);
  });
});

test('the parent of a group is where most of its rows are', () => {
  const fine = bySize([0, 0, 0, 1, 1, 2]);
  const coarse = bySize([0, 0, 1, 1, 1, -1]);
  expect(Array.from(parentsOf(fine, coarse))).toEqual([1, 0, -1]);
});
