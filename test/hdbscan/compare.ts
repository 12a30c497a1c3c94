import { expect } from 'vitest';
import type { Hdbscan } from '../../src/hdbscan/index.js';
import type { OracleResult } from './oracle.js';

/** Labels renumbered by first row, and the old label of each new one. */
export function byFirstRow(labels: ArrayLike<number>): { labels: number[]; old: number[] } {
  const seen = new Map<number, number>();
  const renumbered = Array.from(labels, (label) => {
    if (label < 0) return -1;
    if (!seen.has(label)) seen.set(label, seen.size);
    return seen.get(label)!;
  });
  return { labels: renumbered, old: [...seen.keys()] };
}

/** Fails unless numbers are equal to a relative tolerance; infinities and NaN must be the same. */
export function expectClose(
  name: string,
  actual: Iterable<number>,
  expected: readonly number[],
  tolerance: number,
): void {
  const got = [...actual];
  if (got.length !== expected.length) expect.fail(`${name}: ${got.length} numbers, not ${expected.length}`);
  for (const [at, value] of got.entries()) {
    const wanted = expected[at];
    const isEqual =
      Object.is(value, wanted) || Math.abs(value - wanted) <= tolerance * Math.max(Math.abs(wanted), 1e-9);
    if (!isEqual) expect.fail(`${name}[${at}] is ${value}, not ${wanted}`);
  }
}

/** Fails unless a fit is what the definition says, numbers to a relative tolerance. */
export function expectOracle(fit: Hdbscan, oracle: OracleResult, tolerance: number): void {
  const rows = fit.labels.length;
  const ours = byFirstRow(fit.labels);
  const theirs = byFirstRow(oracle.labels);
  expect(ours.labels).toEqual(theirs.labels);
  expect(fit.clusterCount).toBe(theirs.old.length);
  expectClose('probabilities', fit.probabilities, oracle.probabilities, tolerance);
  expectClose(
    'persistence',
    ours.old.map((label) => fit.persistence[label]),
    theirs.old.map((label) => oracle.persistence[label]),
    tolerance,
  );
  expectClose('outlier scores', fit.outlierScores, oracle.outlierScores, tolerance);
  expectClose('core distances', fit.coreDistances, oracle.core, tolerance);
  expectClose('merge distances', fit.singleLinkage.distance, oracle.mergeDistances, tolerance);
  const { child, lambda, size } = fit.condensedTree;
  if (rows > 1) expectClose('point lambda', lambda.subarray(0, rows), oracle.pointLambda, tolerance);
  const births = [...child.keys()].slice(rows).map((line): [number, number] => [lambda[line], size[line]]);
  expectClose(
    'births',
    sorted(births.map(([birth]) => birth)),
    sorted(oracle.births.map(([birth]) => birth)),
    tolerance,
  );
  expect(sorted(births.map(([, points]) => points))).toEqual(
    sorted(oracle.births.map(([, points]) => points)),
  );
}

const sorted = (values: number[]): number[] => values.sort((a, b) => (a === b ? 0 : a - b));
