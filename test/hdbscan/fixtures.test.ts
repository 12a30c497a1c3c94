// The 85 cases of test/fixtures/hdbscan: its README says who made them.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Hdbscan, type HdbscanOptions, hdbscan } from '../../src/hdbscan/index.js';

const FOLDER = new URL('../fixtures/hdbscan/', import.meta.url);

interface Case {
  name: string;
  data: string;
  params: Record<string, number | boolean | string>;
  expected: {
    labels: number[];
    probabilities: unknown[];
    persistence: unknown[];
    outlier_scores: unknown[];
    point_lambda: unknown[];
    cluster_births: [unknown, number][];
    merge_distances: unknown[];
    core_distances: unknown[];
  };
}

const read = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
const number = (value: unknown): number =>
  value === 'inf' ? Number.POSITIVE_INFINITY : value === 'nan' ? Number.NaN : (value as number);

function solve(data: string, params: Case['params']): Promise<Hdbscan> {
  const stored = read<{
    kind: string;
    rows: number;
    cols: number;
    neighbours: number;
    values: number[];
    indices: number[];
    distances: number[];
  }>(`data/${data}.json`);
  const options: HdbscanOptions = {
    minClusterSize: params.min_cluster_size as number,
    minSamples: params.min_samples as number,
    alpha: params.alpha as number | undefined,
    clusterSelectionMethod: params.cluster_selection_method as 'eom' | 'leaf' | undefined,
    clusterSelectionEpsilon: params.cluster_selection_epsilon as number | undefined,
    maxClusterSize: params.max_cluster_size as number | undefined,
    allowSingleCluster: params.allow_single_cluster as boolean | undefined,
  };
  const { rows } = stored;
  if (stored.kind === 'points') {
    return hdbscan({ data: Float32Array.from(stored.values), rows, cols: stored.cols }, options);
  }
  return hdbscan(
    {
      indices: Int32Array.from(stored.indices),
      distances: Float32Array.from(stored.distances),
      rows,
      neighbors: stored.neighbours,
    },
    options,
  );
}

/** Labels renumbered by first row, and the old label of each new one. */
function byFirstRow(labels: Int32Array): { labels: number[]; old: number[] } {
  const seen = new Map<number, number>();
  const renumbered = Array.from(labels, (label) => {
    if (label < 0) return -1;
    if (!seen.has(label)) seen.set(label, seen.size);
    return seen.get(label)!;
  });
  return { labels: renumbered, old: [...seen.keys()] };
}

function expectClose(name: string, actual: Iterable<number>, expected: unknown[], tolerance = 1e-5): void {
  const got = [...actual];
  expect(got.length, `${name}: length`).toBe(expected.length);
  for (const [at, value] of got.entries()) {
    const wanted = number(expected[at]);
    const isEqual =
      Object.is(value, wanted) || Math.abs(value - wanted) <= tolerance * Math.max(Math.abs(wanted), 1e-9);
    if (!isEqual) expect.fail(`${name}[${at}] is ${value}, not ${wanted}`);
  }
}

describe('a fixture case gets the definition’s', () => {
  const names = readdirSync(new URL('cases/', FOLDER)).sort();

  test.each(names)(
    'labels, probabilities, persistence, scores, lambdas, births and merges: %s',
    async (file) => {
      const { data, params, expected } = read<Case>(`cases/${file}`);
      const fit = await solve(data, params);
      const rows = fit.labels.length;
      const { labels, old } = byFirstRow(fit.labels);
      expect(labels).toEqual(expected.labels);
      expectClose('probabilities', fit.probabilities, expected.probabilities);
      expectClose(
        'persistence',
        old.map((label) => fit.persistence[label]),
        expected.persistence,
      );
      expectClose('outlier scores', fit.outlierScores, expected.outlier_scores);
      expectClose('core distances', fit.coreDistances, expected.core_distances);
      expectClose('merge distances', fit.singleLinkage.distance, expected.merge_distances);
      const { child, lambda, size } = fit.condensedTree;
      expectClose('point lambda', lambda.subarray(0, rows), expected.point_lambda);
      const births = [...child.keys()]
        .slice(rows)
        .map((line): [number, number] => [lambda[line], size[line]])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(births.length).toBe(expected.cluster_births.length);
      const wanted = expected.cluster_births.map(([birth, points]): [number, number] => [
        number(birth),
        points,
      ]);
      expectClose(
        'births',
        births.map(([birth]) => birth),
        wanted.map(([birth]) => birth),
      );
      // Births that differ by rounding alone may change places, so sizes are compared as a whole.
      expect(births.map(([, points]) => points).sort()).toEqual(wanted.map(([, points]) => points).sort());
    },
  );

  test('the folder holds 85 cases', () => expect(names.length).toBe(85));
});
