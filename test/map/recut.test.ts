import { describe, expect, test } from 'vitest';
import {
  anchorsOf,
  assign,
  chooseAtLeast,
  clustersFor,
  planCuts,
  readClusters,
} from '../../src/map/page/recut.js';
import { sampleMap } from './sample.js';

/**
 * Twelve rows: the root (12) splits at λ 1 into A (13, rows 0–6) and B (14, rows 7–10); row 11 left before.
 * A splits at λ 2 into C (15, rows 0–3) and D (16, rows 4–6).
 */
const edges: [number, number, number, number][] = [
  [12, 11, 0.5, 1],
  [12, 13, 1, 7],
  [12, 14, 1, 4],
  [13, 15, 2, 4],
  [13, 16, 2, 3],
  ...[0, 1, 2, 3].map((i): [number, number, number, number] => [15, i, i === 0 ? 6 : 8, 1]),
  ...[4, 5, 6].map((i): [number, number, number, number] => [16, i, 5, 1]),
  ...[7, 8, 9, 10].map((i): [number, number, number, number] => [14, i, 3, 1]),
];
const columns = {
  parent: Int32Array.from(edges, (e) => e[0]),
  child: Int32Array.from(edges, (e) => e[1]),
  lambda: Float64Array.from(edges, (e) => e[2]),
  size: Int32Array.from(edges, (e) => e[3]),
};

describe('re-cutting a condensed tree', () => {
  const tree = readClusters(columns, 12);

  test('reads births, sizes and the excess of mass', () => {
    expect([...tree.parent]).toEqual([-1, 0, 0, 1, 1]);
    expect([...tree.birth]).toEqual([0, 1, 1, 2, 2]);
    expect([...tree.size]).toEqual([12, 7, 4, 4, 3]);
    // root 0.5 + 7 + 4; A 4 + 3; B 4 × 2; C 4 + 3 × 6; D 3 × 3
    expect([...tree.stability]).toEqual([11.5, 7, 8, 22, 9]);
    expect([...tree.home]).toEqual([3, 3, 3, 3, 4, 4, 4, 2, 2, 2, 2, 0]);
  });

  test('chooses by excess of mass among clusters large enough', () => {
    // C and D hold 31, their parent A 7.
    expect(chooseAtLeast(tree, 3)).toEqual([2, 3, 4]);
    // D is too small: A lives on as C, with 7 rows' worth of its own time.
    expect(chooseAtLeast(tree, 4)).toEqual([1, 2]);
    // B is too small as well: the root lives on, and a root is no topic.
    expect(chooseAtLeast(tree, 5)).toEqual([]);
  });

  test('labels rows by their nearest chosen ancestor and gives strengths as hdbscan does', () => {
    const { cluster, probabilities } = assign(tree, [2, 3, 4]);
    expect([...cluster]).toEqual([3, 3, 3, 3, 4, 4, 4, 2, 2, 2, 2, -1]);
    expect([...probabilities]).toEqual([0.75, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    const coarse = assign(tree, [1, 2]);
    expect([...coarse.cluster]).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, -1]);
  });

  test('finds the clusters that labels came from', () => {
    expect([...anchorsOf(tree, Int32Array.from([5, 5, 5, 5, 5, 5, 5, 2, 2, 2, 2, -1]))]).toEqual([
      [5, 1],
      [2, 2],
    ]);
  });

  test('plans cuts through the clustering as it came', () => {
    const cuts = planCuts(tree, [1, 2]);
    expect(cuts).toMatchObject({ base: [1, 2], fewest: 2, asCame: 2, most: 3 });
    expect(clustersFor(tree, cuts, 2)).toEqual([1, 2]);
    expect(clustersFor(tree, cuts, 3)).toEqual([2, 3, 4]);
    const finest = planCuts(tree, [2, 3, 4]);
    expect(finest).toMatchObject({ fewest: 2, asCame: 3, most: 3 });
    expect(clustersFor(tree, finest, 2)).toEqual([1, 2]);
  });

  test('equal texts, which leave at an infinite λ, keep everything finite', () => {
    const infinite = { ...columns, lambda: columns.lambda.map((level) => (level === 8 ? Infinity : level)) };
    const same = readClusters(infinite, 12);
    expect(same.stability.every(Number.isFinite)).toBe(true);
    expect(chooseAtLeast(same, 3)).toEqual([2, 3, 4]);
    expect([...assign(same, [3]).probabilities.slice(0, 4)].every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  test('a tree of five groups of topics is cut into the groups and into the topics', () => {
    const data = sampleMap(2000);
    const large = readClusters(data.tree!, data.rows);
    const cuts = planCuts(large, anchorsOf(large, data.labels).values());
    expect(cuts.asCame).toBe(25);
    const same = assign(large, clustersFor(large, cuts, 25)).cluster;
    const pairs = new Set(Array.from(same, (cluster, i) => `${cluster} ${data.labels[i]}`));
    expect(pairs.size).toBe(26); // 25 topics and noise, one to one
    const beats = assign(large, clustersFor(large, cuts, 5)).cluster;
    const sections = new Set(
      Array.from(beats, (cluster, i) => (cluster < 0 ? '' : `${cluster} ${data.columns[0].values[i]}`)),
    );
    expect(sections.size).toBe(6);
  });
});
