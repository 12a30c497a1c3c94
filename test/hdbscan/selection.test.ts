import { expect, it } from 'vitest';
import { hdbscan } from '../../src/hdbscan/index.js';
import { recutWeighed } from '../../src/hdbscan/recut.js';
import { selectClusters } from '../../src/hdbscan/selection.js';

const cut = {
  clusterSelectionMethod: 'eom',
  clusterSelectionEpsilon: 0,
  maxClusterSize: 0,
  allowSingleCluster: false,
} as const;
/** A root with two clusters; the first divides in two, the first of which divides in two again. */
const clusters = {
  count: 7,
  parent: Int32Array.of(-1, 0, 0, 1, 1, 3, 3),
  birth: Float64Array.of(0, 1, 1, 2, 2, 3, 3),
  death: Float64Array.of(1, 2, 9, 3, 9, 9, 9),
  size: Int32Array.of(70, 40, 30, 20, 20, 10, 10),
  stability: Float64Array.of(0, 10, 5, 6, 6, 7, 6),
};

it('excess of mass takes the parts of a cluster that are together more stable than it', () => {
  // 7 + 6 > 6, and 13 + 6 > 10.
  expect([...selectClusters(clusters, cut)]).toEqual([2, 4, 5, 6]);
});

it('with a margin of two the parts must be more than twice as stable, each time compared with what is chosen below', () => {
  // 13 > 2 · 6, but 13 + 6 < 2 · 10.
  expect([...selectClusters(clusters, cut, 2)]).toEqual([1, 2]);
  const weaker = { ...clusters, stability: Float64Array.of(0, 9, 5, 6, 6, 7, 6) };
  expect([...selectClusters(weaker, cut, 2)]).toEqual([2, 4, 5, 6]);
  // As stable twice over is not more.
  const equal = { ...clusters, stability: Float64Array.of(0, 6, 5, 6, 6, 6, 6) };
  expect([...selectClusters(equal, cut, 2)]).toEqual([1, 2]);
});

it('a cut with a margin keeps it in its settings, and a cut of that has it too; without one the settings say nothing', async () => {
  const rows = 60;
  const data = Float32Array.from(
    { length: rows },
    (_, row) => [0, 3, 40][Math.floor(row / 20)] + (row % 20) / 20,
  );
  const fit = await hdbscan({ data, rows, cols: 1 }, { minClusterSize: 5 });
  expect(fit.settings.partsMargin).toBeUndefined();
  const joined = recutWeighed(fit, {}, { partsMargin: 1000 });
  expect([fit.clusterCount, joined.clusterCount, joined.settings.partsMargin]).toEqual([3, 2, 1000]);
  expect(recutWeighed(joined, {}).labels).toEqual(joined.labels);
  expect(recutWeighed(joined, {}, { partsMargin: 1 }).labels).toEqual(fit.labels);
});
