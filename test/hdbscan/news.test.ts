// 870 AG News rows as MiniLM vectors; test/fixtures/news/README.md says where they came from.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { exemplars, type Hdbscan, hdbscan, layers, recut, type Scanner } from '../../src/hdbscan/index.js';
import { byFirstRow } from './compare.js';

const FOLDER = new URL('../fixtures/news/', import.meta.url);
const ROWS = 870;
const COLS = 384;

const bytes = (name: string): ArrayBuffer => {
  const file = readFileSync(new URL(name, FOLDER));
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.length) as ArrayBuffer;
};
const data = new Float32Array(bytes('vectors_870x384.f32'));
const expected: Record<
  string,
  { clusters: number; noise: number; labels: number[]; probabilities: number[]; merge_distance_sum: number }
> = JSON.parse(readFileSync(new URL('expected.json', FOLDER), 'utf8'));

const sumOf = (fit: Hdbscan) =>
  fit.singleLinkage.distance.filter(Number.isFinite).reduce((sum, distance) => sum + distance, 0);

function expectStored(fit: Hdbscan, name: string): void {
  const stored = expected[name];
  expect(byFirstRow(fit.labels).labels).toEqual(stored.labels);
  expect(fit.clusterCount).toBe(stored.clusters);
  expect(fit.labels.filter((label) => label < 0).length).toBe(stored.noise);
  for (const [row, probability] of stored.probabilities.entries()) {
    expect(Math.abs(fit.probabilities[row] - probability)).toBeLessThan(1e-6);
  }
  expect(Math.abs(sumOf(fit) - stored.merge_distance_sum)).toBeLessThan(1e-6);
}

const CASES = [
  [3, 3],
  [5, 5],
  [10, 5],
] as const;

describe('the stored vectors', () => {
  test.each(CASES)(
    'give the stored clusters, min %i/%i, from 5, 10, 20 and 50 neighbours, certified',
    async (minClusterSize, minSamples) => {
      for (const neighbors of [5, 10, 20, 50]) {
        const fit = await hdbscan(
          { data, rows: ROWS, cols: COLS },
          { minClusterSize, minSamples, neighbors },
        );
        expectStored(fit, `vectors-mcs${minClusterSize}-ms${minSamples}`);
        expect(fit.exactness).toMatchObject({ certified: true, approximate: false, uncertainRows: 0 });
      }
    },
  );

  test('fewer neighbours cost more scanned rows', async () => {
    const scanned: number[] = [];
    for (const neighbors of [3, 10, 50]) {
      const fit = await hdbscan({ data, rows: ROWS, cols: COLS }, { minClusterSize: 3, neighbors });
      scanned.push(fit.exactness.scannedRows);
    }
    expect(scanned[0]).toBeGreaterThan(scanned[1]);
    expect(scanned[1]).toBeGreaterThan(scanned[2]);
    expect(scanned[2]).toBe(0);
  });

  test('on the unit sphere, the cosine metric gives the same clusters', async () => {
    const fit = await hdbscan({ data, rows: ROWS, cols: COLS }, { minClusterSize: 3, metric: 'cosine' });
    expect(byFirstRow(fit.labels).labels).toEqual(expected['vectors-mcs3-ms3'].labels);
  });
});

describe('the stored graph', () => {
  const indices = new Int32Array(bytes('neighbours_870x50.i32'));
  const distances = new Float32Array(bytes('squared_distances_870x50.f32')).map(Math.sqrt);
  const graph = { indices, distances, rows: ROWS, neighbors: 50 };

  test.each(CASES)(
    'gives the stored clusters, min %i/%i, uncertified',
    async (minClusterSize, minSamples) => {
      const fit = await hdbscan(graph, { minClusterSize, minSamples });
      expect(byFirstRow(fit.labels).labels).toEqual(
        expected[`graph-mcs${minClusterSize}-ms${minSamples}`].labels,
      );
      expect(fit.exactness.certified).toBe(false);
    },
  );

  test('cut to 10 neighbours and widened by a callback, gives the tree of all distances', async () => {
    const neighbors = 10;
    const cut = {
      indices: indices.filter((_, slot) => slot % 50 < neighbors),
      distances: distances.filter((_, slot) => slot % 50 < neighbors),
      rows: ROWS,
      neighbors,
    };
    const alone = await hdbscan(cut, { minClusterSize: 3 });
    expect(alone.exactness.certified).toBe(false);
    expect(alone.exactness.uncertainRows).toBeGreaterThan(0);
    const asked: number[] = [];
    const widen = (rows: Int32Array, wider: number) => {
      asked.push(wider);
      return allNearest(rows, wider);
    };
    const fit = await hdbscan(cut, { minClusterSize: 3, widen });
    expect(fit.exactness).toMatchObject({ certified: true, uncertainRows: 0 });
    expect(fit.exactness.scannedRows).toBeGreaterThan(0);
    expect(Math.abs(sumOf(fit) - expected['vectors-mcs3-ms3'].merge_distance_sum)).toBeLessThan(1e-4);
    expect(Math.min(...asked)).toBeGreaterThan(neighbors);
    const approximate = await hdbscan(cut, { minClusterSize: 3, widen, approximate: true });
    expect(approximate.exactness).toMatchObject({ certified: false, approximate: true, scannedRows: 0 });
  });

  test('a callback that returns a graph of the wrong size is an error of one line', async () => {
    const widen = () => ({
      indices: new Int32Array(0),
      distances: new Float32Array(0),
      rows: 0,
      neighbors: 3,
    });
    const cut = {
      ...graph,
      indices: indices.slice(0, ROWS * 5),
      distances: distances.slice(0, ROWS * 5),
      neighbors: 5,
    };
    await expect(hdbscan(cut, { minClusterSize: 3, widen })).rejects.toThrow(
      /widen must return \d+ rows × \d+ neighbours/,
    );
  });

  test('a scanner that returns a row of the same component is refused by name', async () => {
    const cut = {
      indices: indices.filter((_, slot) => slot % 50 < 10),
      distances: distances.filter((_, slot) => slot % 50 < 10),
      rows: ROWS,
      neighbors: 10,
    };
    const scanner: Scanner = {
      nearestForeign: async (rows) => ({ to: rows.slice(), distance: new Float32Array(rows.length) }),
    };
    await expect(hdbscan(cut, { minClusterSize: 3, scanner })).rejects.toThrow(
      /^nearestForeign returned row (\d+) for row \1, which is of the same component; it must be of another one$/,
    );
  });
});

/** What a database would return: the nearest others by f32 distance. */
function allNearest(rows: Int32Array, k: number) {
  const indices = new Int32Array(rows.length * k);
  const distances = new Float32Array(rows.length * k);
  for (const [at, row] of rows.entries()) {
    const all = Array.from({ length: ROWS }, (_, other) => {
      let sum = 0;
      for (let c = 0; c < COLS; c++) sum += (data[row * COLS + c] - data[other * COLS + c]) ** 2;
      return { other, distance: Math.fround(Math.sqrt(sum)) };
    }).filter(({ other }) => other !== row);
    all.sort((a, b) => a.distance - b.distance || a.other - b.other);
    for (let t = 0; t < k; t++) {
      indices[at * k + t] = all[t].other;
      distances[at * k + t] = all[t].distance;
    }
  }
  return { indices, distances, rows: rows.length, neighbors: k };
}

describe('20 orders of the stored vectors give, bit for bit,', () => {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const orders = Array.from({ length: 20 }, () => {
    const order = Int32Array.from({ length: ROWS }, (_, i) => i);
    for (let i = ROWS - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  });
  let reference: Hdbscan;
  let fits: Hdbscan[];

  beforeAll(async () => {
    reference = await hdbscan({ data, rows: ROWS, cols: COLS }, { minClusterSize: 3 });
    fits = [];
    for (const [turn, order] of orders.entries()) {
      const shuffled = new Float32Array(data.length);
      for (const [to, from] of order.entries())
        shuffled.set(data.subarray(from * COLS, (from + 1) * COLS), to * COLS);
      const mst = turn % 2 === 0 ? 'boruvka' : 'prim';
      const options = { minClusterSize: 3, mst, threads: 1 + (turn % 2), neighbors: 5 + turn } as const;
      fits.push(await hdbscan({ data: shuffled, rows: ROWS, cols: COLS }, options));
    }
  });

  const back = (order: Int32Array, column: ArrayLike<number>): number[] => {
    const restored = new Array<number>(ROWS);
    for (const [to, from] of order.entries()) restored[from] = column[to];
    return restored;
  };

  test('one partition', () => {
    const wanted = byFirstRow(reference.labels).labels;
    for (const [at, fit] of fits.entries()) {
      expect(byFirstRow(back(orders[at], fit.labels)).labels).toEqual(wanted);
    }
  });

  test('one probability, score and core distance for each row', () => {
    for (const name of ['probabilities', 'outlierScores', 'coreDistances'] as const) {
      const wanted = [...reference[name]];
      for (const [at, fit] of fits.entries()) expect(back(orders[at], fit[name])).toEqual(wanted);
    }
  });

  test('one set of merges and of stabilities and persistences', () => {
    const sorted = (values: Float64Array) => [...values.slice().sort()];
    for (const fit of fits) {
      expect([...fit.singleLinkage.distance]).toEqual([...reference.singleLinkage.distance]);
      expect(sorted(fit.persistence)).toEqual(sorted(reference.persistence));
      expect(sorted(fit.clusters.stability)).toEqual(sorted(reference.clusters.stability));
    }
  });

  test('one set of exemplars, layers and recuts', () => {
    const rowsOf = (lists: Int32Array[], order?: Int32Array) =>
      lists.flatMap((list) => [...list].map((row) => (order ? order[row] : row))).sort((a, b) => a - b);
    const counts = (fit: Hdbscan) => layers(fit).map((layer) => layer.clusterCount);
    const coarse = byFirstRow(recut(reference, { clusters: 10 }).labels).labels;
    for (const [at, fit] of fits.entries()) {
      expect(rowsOf(exemplars(fit), orders[at])).toEqual(rowsOf(exemplars(reference)));
      expect(counts(fit)).toEqual(counts(reference));
      expect(byFirstRow(back(orders[at], recut(fit, { clusters: 10 }).labels)).labels).toEqual(coarse);
    }
  });
});

test('clusters are numbered by size, largest first, equal sizes by first row', async () => {
  const fit = await hdbscan({ data, rows: ROWS, cols: COLS }, { minClusterSize: 3 });
  const members = Array.from({ length: fit.clusterCount }, (_, label) =>
    [...fit.labels.keys()].filter((row) => fit.labels[row] === label),
  );
  for (let label = 1; label < members.length; label++) {
    const [before, after] = [members[label - 1], members[label]];
    expect(before.length > after.length || (before.length === after.length && before[0] < after[0])).toBe(
      true,
    );
  }
});
