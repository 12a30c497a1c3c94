// How long lists of neighbours are where no number is given.
import { describe, expect, test } from 'vitest';
import { hdbscan } from '../../src/hdbscan/index.js';
import { chooseLength, listLengths } from '../../src/hdbscan/list-length.js';
import type { Searcher } from '../../src/neighbors/searcher.js';

describe('lists are as long as rows and columns make cheap', () => {
  test.each([
    ['few columns: hardly longer than core distances need', 10, 1_000_000, 3, 13, 13],
    ['few rows: what core distances need', 5, 1000, 384, 21, 21],
    ['7,600 texts', 5, 7600, 384, 29, 29],
    ['10,000 texts', 5, 10_000, 384, 38, 96],
    ['100,000 texts', 5, 100_000, 384, 48, 96],
    ['a million texts: less memory', 5, 1_000_000, 384, 21, 21],
    ['more samples than that', 60, 100_000, 384, 120, 120],
  ])('%s', (_, minSamples, rows, cols, usual, long) => {
    expect(listLengths(minSamples, { rows, cols })).toEqual({ usual, long });
  });
});

describe('which of two lengths', () => {
  const lengths = { usual: 48, long: 96 };
  /** A searcher whose lists are these distances, the same for every row. */
  const searcher = (distanceOf: (at: number) => number, other: Partial<Searcher> = {}): Searcher => ({
    engine: 'wasm',
    exact: true,
    search: () => Promise.reject(new Error('not asked for')),
    nearestForeign: () => Promise.reject(new Error('not asked for')),
    close: () => undefined,
    widen: async (rows, k) => ({
      indices: new Int32Array(rows.length * k),
      distances: Float32Array.from({ length: rows.length * k }, (_, at) => distanceOf(at % k)),
      rows: rows.length,
      neighbors: k,
    }),
    ...other,
  });

  test('distances that jump behind the rows of a cluster make lists long', async () => {
    const clusters = searcher((at) => (at < 60 ? 1 : 1.04) + at / 1000);
    expect(await chooseLength(clusters, lengths, { rows: 20_000 }, {})).toBe(96);
  });

  test('equal rows, whose distances are 0, make lists long', async () => {
    const equal = searcher((at) => (at < 60 ? 0 : 1));
    expect(await chooseLength(equal, lengths, { rows: 20_000 }, {})).toBe(96);
  });

  test('distances that jump within a list of the usual length leave them as they are', async () => {
    const small = searcher((at) => (at < 30 ? 1 : 1.3));
    expect(await chooseLength(small, lengths, { rows: 20_000 }, {})).toBe(48);
  });

  test('distances that grow slowly leave them as they are', async () => {
    const texts = searcher((at) => 1 + at / 1000);
    expect(await chooseLength(texts, lengths, { rows: 20_000 }, {})).toBe(48);
  });

  test('a search that can end a tree by one comparison is not asked, and lists are as usual', async () => {
    const once = searcher(() => 0, {
      widen: () => Promise.reject(new Error('not to be asked')),
      lighterEdges: () => Promise.resolve(),
    });
    expect(await chooseLength(once, lengths, { rows: 20_000 }, {})).toBe(48);
  });

  test('a device, an approximate search and few rows are not asked', async () => {
    const widen = () => Promise.reject(new Error('not to be asked'));
    const none = (other: Partial<Searcher>) => searcher(() => 1, { widen, ...other });
    expect(await chooseLength(none({ device: 'cuda' }), lengths, { rows: 20_000 }, {})).toBe(96);
    expect(await chooseLength(none({ exact: false }), lengths, { rows: 20_000 }, {})).toBe(96);
    expect(await chooseLength(none({}), lengths, { rows: 150 }, {})).toBe(48);
  });
});

test('the length changes no result', async () => {
  const [rows, cols] = [1600, 20];
  const data = Float32Array.from({ length: rows * cols }, (_, at) => Math.sin(at * 12.9898 + (at % 7)) * 9);
  const points = { data, rows, cols };
  const [given, longer] = await Promise.all(
    [undefined, 90].map((neighbors) => hdbscan(points, { minClusterSize: 5, neighbors })),
  );
  expect(given.exactness.certified).toBe(true);
  expect(longer.labels).toEqual(given.labels);
  expect(longer.singleLinkage.distance).toEqual(given.singleLinkage.distance);
});
