import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSearch } from '../../src/pipeline/search.js';
import { growNeighbors } from '../../src/run/grow.js';
import { pickRows } from '../../src/shapes.js';
import { takeGraph } from '../../src/themes/order.js';

const SEARCH = { threads: 1, approximate: false, maxSearchSeconds: 300 };

const numbers = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 24, maxLength: 60 });

test('lists that grew are those of a search of all rows, whichever rows are new and however many tie', async () => {
  await fc.assert(
    fc.asyncProperty(numbers, fc.integer({ min: 1, max: 9 }), fc.nat(1e6), async (values, k, mask) => {
      const rows = Math.floor(values.length / 3);
      const points = { data: Float32Array.from(values.slice(0, rows * 3)), rows, cols: 3 };
      const isNew = (row: number) => ((mask >> (row % 20)) & 1) === 1;
      const all = Int32Array.from({ length: rows }, (_, row) => row);
      const held = all.filter((row) => !isNew(row));
      const fresh = all.filter(isNew);
      const space = { rows, vectors: points, place: 'memory', truncated: 0, averaged: 0 };
      const search = await openSearch(space, SEARCH, {});
      try {
        const whole = await search.neighbors(k);
        const before = await openSearch(
          { ...space, rows: held.length, vectors: pickRows(points, held) },
          SEARCH,
          {},
        );
        const known = await before.neighbors(k);
        before.close();
        const named = takeGraph(known, Int32Array.from(held.keys()), held);
        const grown = await growNeighbors(named, { held, fresh }, points, search, k, {});
        expect(grown.distances).toEqual(whole.distances);
        expect(grown.indices).toEqual(whole.indices);
      } finally {
        search.close();
      }
    }),
    { numRuns: 40 },
  );
});
