import { expect, test } from 'vitest';
import { resolveSettings } from '../../src/options/table.js';
import { proven } from '../../src/output/run-facts.js';
import { planTree, shareInTopics } from '../../src/pipeline/grouping.js';
import { openSearch } from '../../src/pipeline/search.js';
import { fitReduced, fitTree } from '../../src/pipeline/tree.js';
import { clustered } from '../neighbors/reference.js';
import { seeded } from '../themes/data.js';

test.each(['raw', 'reduced'] as const)(
  'a tree of approximate neighbours is not proven: %s',
  async (space) => {
    const { tree, neighbors } = resolveSettings({ space, minClusterSize: 5 });
    const vectors = clustered(300, 16, 4, true);
    const exact = await openSearch(
      { rows: 300, vectors, place: 'memory', truncated: 0, averaged: 0 },
      neighbors,
      {},
    );
    try {
      const plan = planTree(tree, 300);
      const graph = await exact.neighbors(15);
      const whole = await fitTree(graph, vectors, exact, plan, tree, {});
      expect(whole.exactness).toMatchObject({ certified: true, approximate: false });
      expect(whole.exactness.recall).toBeUndefined();

      const found = { recall: 0.97, recallInterval: [0.96, 0.98] as [number, number] };
      const approximate = {
        ...exact,
        isApproximate: true,
        proof: { points: vectors, approximate: true },
        recall: async () => found,
      };
      const { exactness } = await fitTree(graph, vectors, approximate, plan, tree, {});
      expect(exactness).toMatchObject({ certified: false, approximate: true, ...found });
      const of = space === 'raw' ? ('vectors' as const) : ('layout' as const);
      expect(proven({ of, ...exactness })).toBe(
        'not proven, recall of the neighbours 0.97 (95 % interval 0.96 to 0.98)',
      );
      expect(proven({ of, ...whole.exactness })).toMatch(/^proven/);
    } finally {
      exact.close();
    }
  },
);

test.each([
  ['groups smaller than that: over fewer neighbours, until enough rows are in topics', 12, 10],
  ['large groups: over all of them', 40, 20],
] as const)('density over 20 neighbours as planned, %s', async (_, size, samples) => {
  // Thirty groups on a line, each half as far again from the one before: over more neighbours than a group has rows they join one by one.
  const random = seeded(3);
  const rows = 30 * size;
  const data = Float32Array.from(
    { length: rows * 2 },
    (_, at) => (at % 2 === 0 ? 1.5 ** Math.floor((at >> 1) / size) : 0) + (random() - 0.5) * 0.05,
  );
  const plan = { space: 'reduced', minClusterSize: 8, minSamples: 20, isGuarded: true } as const;
  const points = { data, rows, cols: 2 };
  const { tree } = resolveSettings({});
  expect((await fitReduced(points, plan, tree, {})).settings.minSamples).toBe(samples);
  // What was asked for is taken as it is.
  const given = resolveSettings({ minSamples: 20 }).tree;
  expect((await fitReduced(points, plan, given, {})).settings.minSamples).toBe(20);
});

test('points without structure: density over as many neighbours as planned, though few rows are in topics', async () => {
  const random = seeded(6);
  const points = { data: Float32Array.from({ length: 1000 * 8 }, () => random()), rows: 1000, cols: 8 };
  const plan = { space: 'reduced', minClusterSize: 8, minSamples: 20, isGuarded: true } as const;
  const fit = await fitReduced(points, plan, resolveSettings({}).tree, {});
  expect(fit.settings.minSamples).toBe(20);
  expect(shareInTopics(fit, plan)).toBeLessThan(0.5);
});
