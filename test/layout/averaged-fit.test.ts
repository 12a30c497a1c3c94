import { expect, test } from 'vitest';
import { placeAveraged } from '../../src/layout/among-averaged.js';
import { attractingNeighbors, averagedSpace } from '../../src/layout/averaged.js';
import { AVERAGED_COLUMNS } from '../../src/layout/averaged-columns.js';
import { averagedFit, startsOf } from '../../src/layout/averaged-fit.js';
import { withAveragedPool } from '../../src/layout/averaged-module.js';
import { averagesOf } from '../../src/layout/averages.js';
import { projectionsOn } from '../../src/layout/directions.js';
import { nearestAmong } from '../../src/neighbors/nearest-among.js';
import { openSearcher } from '../../src/neighbors/open.js';
import { type Matrix, pickRows } from '../../src/shapes.js';
import { takeGraph } from '../../src/themes/order.js';
import { clustered } from '../neighbors/reference.js';

const ROWS = 260;
const FRESH = 20;
const rows = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, at) => from + at);

const whole = clustered(ROWS, 32, 4, true);
const vectors = pickRows(whole, rows(FRESH, ROWS));
const fresh = pickRows(whole, rows(0, FRESH));
const members = rows(0, vectors.rows);

const searcher = await openSearcher(vectors, { threads: 1 });
const graph = await searcher.search(40);
searcher.close();
const space = await averagedSpace(graph, vectors, { threads: 1 });
const near = await nearestAmong(vectors, fresh, 40);
const fit = await averagedFit(space, graph, vectors, members, { threads: 1 });

/** Mean distance between places of two lists. */
function apart(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += AVERAGED_COLUMNS)
    sum += Math.hypot(...rows(0, AVERAGED_COLUMNS).map((_, d) => a[at + d] - b[at + d]));
  return (sum * AVERAGED_COLUMNS) / a.length;
}

/** The columns in the opposite order, every other one mirrored, and moved. */
const turned = (data: Float32Array): Float32Array =>
  data.map((_, at) => {
    const d = at % AVERAGED_COLUMNS;
    return (d % 2 ? -1 : 1) * data[at - d + (AVERAGED_COLUMNS - 1 - d)] + d;
  });

test('new rows start and end nearer to where their neighbours are than to other rows', async () => {
  const places = await placeAveraged(space, near, {}, { fit, fresh });
  const nearest = pickRows(
    space,
    Int32Array.from(rows(0, FRESH), (row) => near.indices[row * near.neighbors]),
  ).data;
  const others = pickRows(space, rows(100, 100 + FRESH)).data;
  const starts = await withAveragedPool(1, (pool) => startsOf(pool, fit, near, fresh, undefined));
  for (const found of [starts, places]) expect(apart(found, nearest)).toBeLessThan(apart(found, others) / 2);
});

test('a row is placed alike whichever rows are placed with it, and by any number of threads', async () => {
  const whole = await placeAveraged(space, near, { threads: 1 }, { fit, fresh });
  expect(await placeAveraged(space, near, { threads: 2 }, { fit, fresh })).toEqual(whole);
  for (const some of [Int32Array.of(7), Int32Array.of(19, 3, 11)]) {
    const lists = takeGraph(near, some, rows(0, ROWS));
    const alone = await placeAveraged(space, lists, { threads: 1 }, { fit, fresh: pickRows(fresh, some) });
    expect(alone).toEqual(pickRows({ data: whole, rows: FRESH, cols: AVERAGED_COLUMNS }, some).data);
  }
});

test('a row of the run starts where it started as one', async () => {
  const old = await withAveragedPool(1, async (pool) => {
    const starts = await startsOf(pool, fit, graph, vectors, undefined);
    const averages = await averagesOf(pool, graph, vectors, members, {});
    const projected = await projectionsOn(pool, averages, fit.directions, undefined);
    return { starts, projected: projected.map((value, at) => value + fit.centre[at % AVERAGED_COLUMNS]) };
  });
  expect(old.starts).toEqual(Float32Array.from(old.projected));
});

test('a space whose directions are others than those of its rows now has new rows at the places that fit it', async () => {
  const other: Matrix = { ...space, data: turned(space.data) };
  const otherFit = await averagedFit(other, graph, vectors, members, { threads: 1 });
  const found = await placeAveraged(other, near, {}, { fit: otherFit, fresh });
  const expected = turned(await placeAveraged(space, near, {}, { fit, fresh }));
  expect(apart(found, expected)).toBeLessThan(0.01);
});

test('an old row draws by how near a new one is among its own neighbours, and beyond the last of these not at all', () => {
  const distances = graph.distances.subarray(0, graph.neighbors);
  const last = attractingNeighbors(graph.rows) - 1;
  const strengths = [0, 2, 4, last - 1].map((at) => fit.membershipIn(0, distances[at]));
  expect(strengths[0]).toBe(1);
  expect(strengths).toEqual(strengths.toSorted((a, b) => b - a));
  expect(new Set(strengths).size).toBe(4);
  expect(fit.membershipIn(0, distances[last + 1])).toBe(0);
});

test('a row of no length and without neighbours lies where it lies without the directions', async () => {
  const lists = {
    indices: Int32Array.of(-1),
    distances: Float32Array.of(Number.POSITIVE_INFINITY),
    rows: 1,
    neighbors: 1,
  };
  const nothing = { data: new Float32Array(32), rows: 1, cols: 32 };
  expect(await placeAveraged(space, lists, {}, { fit, fresh: nothing })).toEqual(
    await placeAveraged(space, lists, {}),
  );
});

test('an abort ends it with its reason', async () => {
  const reason = new Error('enough');
  const ended = averagedFit(space, graph, vectors, members, { signal: AbortSignal.abort(reason) });
  await expect(ended).rejects.toBe(reason);
});
