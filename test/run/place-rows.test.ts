import { expect, test } from 'vitest';
import { averagedSpace } from '../../src/layout/averaged.js';
import { AVERAGED_COLUMNS } from '../../src/layout/averaged-columns.js';
import { openSearcher } from '../../src/neighbors/open.js';
import { resolveSettings } from '../../src/options/table.js';
import { AVERAGED_FROM, reducedSpace } from '../../src/pipeline/tree.js';
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

test('a layout that has become a space of many rows is replaced by averaged vectors, one of few rows by a layout', async () => {
  const vectors = clustered(AVERAGED_FROM, 8, 5, true);
  const graph = await neighborsOf(vectors);
  const anew = async (count: number) => {
    const some = pickRows(vectors, rows(count));
    const lists = count === AVERAGED_FROM ? graph : await neighborsOf(some);
    const half = count / 2;
    const old = { data: Float32Array.from({ length: 5 * half }, (_, at) => at % 7), rows: half, cols: 5 };
    const parts = { held: rows(half), fresh: rows(half, half) };
    return {
      made: await placeInSpace(old, parts, { graph: lists, vectors: some }, true, settings),
      lists,
      some,
    };
  };
  const { made, lists, some } = await anew(AVERAGED_FROM);
  expect(made).toEqual(await reducedSpace(lists, some, settings.tree, {}));
  expect(made.cols).toBe(AVERAGED_COLUMNS);
  expect((await anew(100)).made).toMatchObject({ rows: 100, cols: 5 });
});
