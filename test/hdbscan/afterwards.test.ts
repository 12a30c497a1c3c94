// What is done with a fit, against the Python package (extras.py in this folder made the numbers).
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  exemplars,
  type Hdbscan,
  hdbscan,
  layers,
  membership,
  predict,
  recut,
  UserError,
  validity,
} from '../../src/hdbscan/index.js';
import { byFirstRow, expectClose } from './compare.js';

const stored: {
  points: number[];
  cols: number;
  fresh: number[];
  labels: number[];
  predicted: [number, number, number][];
  membership: number[][];
  validity: number;
  clusterValidity: number[];
  exemplars: number[][];
} = JSON.parse(readFileSync(new URL('../fixtures/hdbscan/extras.json', import.meta.url), 'utf8'));

const rows = stored.labels.length;
const points = { data: Float32Array.from(stored.points), rows, cols: stored.cols };
const fresh = { data: Float32Array.from(stored.fresh), rows: stored.predicted.length, cols: stored.cols };
let fit: Hdbscan;
/** The package's label of each of ours. */
let theirs: number[];

beforeAll(async () => {
  fit = await hdbscan(points, { minClusterSize: 8, minSamples: 5 });
  theirs = byFirstRow(fit.labels).old.reduce<number[]>((map, label, at) => {
    map[label] = byFirstRow(stored.labels).old[at];
    return map;
  }, []);
});

test('the fit has the clusters of the package', () => {
  expect(byFirstRow(fit.labels).labels).toEqual(byFirstRow(stored.labels).labels);
  expect(fit.clusterCount).toBeGreaterThan(3);
});

describe('predict', () => {
  test('gives new points the label, probability and neighbour of the package', async () => {
    const { labels, probabilities, neighbors } = await predict(fit, fresh);
    const expected = stored.predicted;
    expect(Array.from(labels, (label) => (label < 0 ? -1 : theirs[label]))).toEqual(
      expected.map(([label]) => label),
    );
    expectClose(
      'probabilities',
      probabilities,
      expected.map(([, probability]) => probability),
      1e-6,
    );
    expect([...neighbors]).toEqual(expected.map(([, , neighbor]) => neighbor));
  });

  test('gives a training point its fitted label and probability, noise included', async () => {
    const { labels, probabilities } = await predict(fit, points);
    expect([...labels]).toEqual([...fit.labels]);
    expect([...probabilities]).toEqual([...fit.probabilities]);
  });

  test('gives rows near and a million units away what comparing each pair gives', async () => {
    const far = Float32Array.from({ length: 60 * 3 }, (_, i) =>
      i < 90 ? points.data[i] + 0.01 : ((i * 37) % 101) * 1e6 - 5,
    );
    const { labels, neighbors } = await predict(fit, { data: far, rows: 60, cols: 3 });
    for (let row = 30; row < 60; row++) {
      const square = (other: number) =>
        [0, 1, 2].reduce((sum, t) => sum + (far[row * 3 + t] - points.data[other * 3 + t]) ** 2, 0);
      // So far away, the distance to the nearest is all that counts.
      const nearest = [...fit.labels.keys()].reduce((best, other) =>
        square(other) < square(best) ? other : best,
      );
      expect(neighbors[row]).toBe(nearest);
      expect(labels[row]).toBe(-1);
    }
    expect(labels.subarray(0, 30).some((label) => label >= 0)).toBe(true);
  });

  test('with one cluster of everything, labels a row in its densest place and none a million units away', async () => {
    const side = 12;
    const grid = Array.from({ length: side * side }, (_, i) => [i % side, Math.floor(i / side)]).flat();
    const one = await hdbscan(
      { data: Float32Array.from(grid), rows: side * side, cols: 2 },
      { minClusterSize: 5, minSamples: 4, allowSingleCluster: true },
    );
    expect(one.clusterCount).toBe(1);
    const { labels } = await predict(one, {
      data: Float32Array.of(5.5, 5.5, 1e6, 1e6, 5, -1e6),
      rows: 3,
      cols: 2,
    });
    expect([...labels]).toEqual([0, -1, -1]);
  });

  test.each([
    ['a NaN', [0, 1], [0, Number.NaN], 'distances, row 0, slot 1: NaN is not a distance'],
    ['a negative distance', [0, 1], [-1, 2], 'distances, row 0, slot 0: -1 is not a distance'],
    ['distances that fall', [0, 1], [2, 1], 'distances, row 0, slot 1: 1 comes after 2'],
    ['a row that is not fitted', [0, 100_000], [1, 2], 'indices, row 0, slot 1: 100000 is not a fitted row'],
  ])('refuses nearest rows with %s', async (_, indices, distances, message) => {
    const graph = {
      indices: Int32Array.from(indices),
      distances: Float32Array.from(distances),
      rows: 1,
      neighbors: 2,
    };
    await expect(predict(fit, graph)).rejects.toThrow(message);
    await expect(predict(fit, graph)).rejects.toBeInstanceOf(UserError);
  });

  test('gives noise to a row with a NaN, and one line to one with other columns', async () => {
    const { labels } = await predict(fit, { data: Float32Array.of(Number.NaN, 0, 0), rows: 1, cols: 3 });
    expect([...labels]).toEqual([-1]);
    await expect(predict(fit, { data: new Float32Array(4), rows: 2, cols: 2 })).rejects.toThrow(
      'cols must be 3, as fitted; got 2',
    );
  });
});

test('membership gives the vectors of the package, and noise at least its chance of any cluster', async () => {
  const { vectors, clusters } = await membership(fit);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  for (let row = 0; row < rows; row++) {
    const ours = new Array<number>(clusters);
    for (let c = 0; c < clusters; c++) ours[theirs[c]] = vectors[row * clusters + c];
    const expected = stored.membership[row];
    expectClose(
      `row ${row}`,
      ours.map((value) => value / sum(ours)),
      expected.map((value) => value / sum(expected)),
      1e-6,
    );
    if (fit.labels[row] >= 0) expectClose(`row ${row}`, ours, expected, 1e-6);
    else expect(sum(ours)).toBeGreaterThan(sum(expected) - 1e-9);
  }
});

test('validity gives the DBCV of the package, whole and per cluster', async () => {
  const { index, clusters } = await validity(fit);
  expect(index).toBeCloseTo(stored.validity, 6);
  expectClose(
    'clusters',
    clusters,
    theirs.map((label) => stored.clusterValidity[label]),
    1e-6,
  );
});

test('exemplars are those of the package', () => {
  expect(exemplars(fit).map((list) => [...list])).toEqual(theirs.map((label) => stored.exemplars[label]));
});

describe('recut', () => {
  test('equals a fit with the same options', async () => {
    for (const options of [
      { clusterSelectionMethod: 'leaf' as const },
      { clusterSelectionEpsilon: 1.5 },
      { minClusterSize: 4 },
      { minClusterSize: 20, allowSingleCluster: true },
      { maxClusterSize: 30 },
    ]) {
      const whole = await hdbscan(points, { minClusterSize: 8, minSamples: 5, ...options });
      expect(recut(fit, options)).toEqual({ ...whole, exactness: fit.exactness });
    }
    expect(recut(fit, { epsilon: 1.5 }).labels).toEqual(recut(fit, { clusterSelectionEpsilon: 1.5 }).labels);
  });

  test('finds the cut with N clusters, or says which are nearest', () => {
    for (const wanted of [2, 3, 4, 5]) expect(recut(fit, { clusters: wanted }).clusterCount).toBe(wanted);
    expect(() => recut(fit, { clusters: 99 })).toThrow(/this tree has no cut with 99; the nearest are \d+/);
    expect(() => recut(fit, { clusters: 99 })).toThrow(UserError);
  });

  test('names an option that it does not know, or that can’t be', () => {
    expect(() => recut(fit, { minClusterSize: 1 })).toThrow(
      'minClusterSize must be a whole number of at least 2; got 1',
    );
    expect(() => recut(fit, { sizes: 3 } as never)).toThrow('unknown option sizes');
    expect(() => recut(fit, { epsilon: 1, clusterSelectionEpsilon: 2 })).toThrow(
      'epsilon is short for `clusterSelectionEpsilon`; leave one of them out',
    );
  });
});

describe('layers', () => {
  test('names an option that it does not know, or that can’t be', () => {
    expect(() => layers(fit, { similarity: 'x' } as never)).toThrow(
      /^similarity must be a number .*0.* 1; got "x"$/,
    );
    expect(() => layers(fit, { maxLayers: 0 })).toThrow('maxLayers must be ');
    expect(() => layers(fit, { most: 3 } as never)).toThrow('unknown option most');
  });

  test('two scales give a layer of small groups and one of large ones', async () => {
    // 4 far groups, each of 4 groups of 12 that join one by one.
    const data = new Float32Array(16 * 12 * 2);
    for (let i = 0; i < 192; i++) {
      const [large, small] = [Math.floor(i / 48), Math.floor(i / 12) % 4];
      const angle = i * 2.399963;
      const radius = 0.3 * Math.sqrt((i % 12) / 12);
      data[i * 2] = (large % 2) * 100 + [0, 4, 9, 15][small] + radius * Math.cos(angle);
      data[i * 2 + 1] = (large >> 1) * 100 + radius * Math.sin(angle);
    }
    const twoScales = await hdbscan({ data, rows: 192, cols: 2 }, { minClusterSize: 5 });
    const found = layers(twoScales);
    expect(found.map((layer) => layer.clusterCount)).toEqual([16, 4]);
    expect(found[1].minClusterSize).toBe(13);
    expect([...found[1].labels.subarray(0, 48)]).toEqual(new Array(48).fill(found[1].labels[0]));
  });
});

test('a fit of a graph without points says what predict, membership and validity need', async () => {
  const graph = { indices: Int32Array.of(1, 0), distances: Float32Array.of(1, 1), rows: 2, neighbors: 1 };
  const bare = await hdbscan(graph, { minClusterSize: 2, minSamples: 1 });
  await expect(predict(bare, fresh)).rejects.toThrow('pass the option `points`');
  await expect(membership(bare)).rejects.toThrow('membership needs points');
  await expect(validity(bare)).rejects.toThrow('validity needs points');
});
