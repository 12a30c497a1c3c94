import { expect, test } from 'vitest';
import { resolveSettings } from '../../src/options/table.js';
import { proven } from '../../src/output/run-facts.js';
import { planTree } from '../../src/pipeline/grouping.js';
import { openSearch } from '../../src/pipeline/search.js';
import { fitTree } from '../../src/pipeline/tree.js';
import { clustered } from '../neighbors/reference.js';

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
