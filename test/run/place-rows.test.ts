import { expect, test } from 'vitest';
import { averagedSpace } from '../../src/layout/averaged.js';
import { AVERAGED_COLUMNS } from '../../src/layout/averaged-columns.js';
import { openSearcher } from '../../src/neighbors/open.js';
import { resolveSettings } from '../../src/options/table.js';
import { reducedSpace } from '../../src/pipeline/tree.js';
import { placeInSpace } from '../../src/run/place-rows.js';
import { type Matrix, pickRows } from '../../src/shapes.js';
import { clustered } from '../neighbors/reference.js';

async function neighborsOf(vectors: Matrix) {
  const searcher = await openSearcher(vectors, { threads: 1 });
  try {
    return await searcher.search(31);
  } finally {
    searcher.close();
  }
}

const settings = resolveSettings({ text: 'text' });
const rows = (count: number, first = 0) => Int32Array.from({ length: count }, (_, at) => first + at);

test('rows of an averaged space stay to the byte when others are placed among them', async () => {
  const vectors = clustered(200, 24, 5, true);
  const first = pickRows(vectors, rows(180));
  const old = await averagedSpace(await neighborsOf(first), first, { threads: 1 });
  const graph = await neighborsOf(vectors);
  const parts = { held: rows(180), fresh: rows(20, 180) };
  const all = await placeInSpace(old, parts, { graph, vectors }, false, settings);
  expect(all).toMatchObject({ rows: 200, cols: AVERAGED_COLUMNS });
  expect(all.data.slice(0, old.data.length)).toEqual(old.data);
  expect(all.data.every(Number.isFinite)).toBe(true);
});

test('a layout made anew becomes averaged vectors where there are vectors, and stays a layout where there are none', async () => {
  const vectors = clustered(100, 8, 5, true);
  const graph = await neighborsOf(vectors);
  const old = { data: Float32Array.from({ length: 5 * 50 }, (_, at) => at % 7), rows: 50, cols: 5 };
  const parts = { held: rows(50), fresh: rows(50, 50) };
  const made = await placeInSpace(old, parts, { graph, vectors }, true, settings);
  expect(made).toEqual(await reducedSpace(graph, vectors, settings.tree, {}));
  expect(made.cols).toBe(AVERAGED_COLUMNS);
  const without = await placeInSpace(old, parts, { graph, vectors: undefined }, true, settings);
  expect(without).toMatchObject({ rows: 100, cols: 5 });
});
