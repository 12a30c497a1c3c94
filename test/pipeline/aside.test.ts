import { expect, test } from 'vitest';
import { hdbscan } from '../../src/hdbscan/index.js';
import { findNeighbors } from '../../src/neighbors/neighbors.js';
import { openAside } from '../../src/pipeline/aside.js';
import { measureFit } from '../../src/statistics/quality.js';
import { findThemesOf } from '../../src/themes/task.js';
import { rowsAsLeaves } from '../../src/themes/themes.js';

/** Rows around as many centres, a fixed few steps from each; two columns. */
function blobs(rows: number, centres: number) {
  const data = Float32Array.from({ length: rows * 2 }, (_, at) => {
    const row = at >> 1;
    const step = ((row * 2654435761 + (at & 1) * 40503) >>> 0) / 2 ** 32;
    return 50 * ((row % centres) + (at & 1)) + step;
  });
  return { data, rows, cols: 2 };
}

const points = blobs(1000, 5);
const fit = await hdbscan(points, { minClusterSize: 20 });

test('another thread measures and finds themes as this one does, one after the other', async () => {
  const graph = await findNeighbors(points, 15);
  const themes = { vectors: points, graph, leaves: rowsAsLeaves(1000), most: 50, threads: 1 };
  const aside = openAside(1000, { threads: 3 });
  const [measured, found] = await Promise.all([aside.run('measures', fit), aside.run('themes', themes)]);
  await aside.stop();
  const here = await measureFit(fit, undefined);
  expect(here.density).toBeGreaterThan(0.5);
  expect([...(here.found ?? [])]).toEqual([10, 10, 10, 10, 10]);
  expect(measured).toEqual(here);
  expect(found).toEqual(await findThemesOf(themes, {}));
  expect(found?.levels.length).toBeGreaterThan(0);
});

test('work that fails in the other thread is left to the caller, and what follows is done', async () => {
  const aside = openAside(1000, { threads: 2 });
  const failed = aside.run('measures', { ...fit, points: undefined, labels: undefined as never });
  const measured = aside.run('measures', fit);
  expect(await failed).toBeUndefined();
  expect(await measured).toEqual(await measureFit(fit, undefined));
  await aside.stop();
});

test('with one thread, few rows, or so many that copies of their vectors are large, work is left to the caller, and with two threads themes are', async () => {
  expect(openAside(1000, { threads: 1 }).takes('measures')).toBe(false);
  expect(openAside(999, { threads: 2 }).takes('measures')).toBe(false);
  expect(await openAside(999, { threads: 2 }).run('measures', fit)).toBeUndefined();
  const many = openAside(100_000, { threads: 3 });
  expect([many.takes('measures'), many.takes('themes')]).toEqual([true, false]);
  await many.stop();
  const narrow = openAside(1000, { threads: 2 });
  expect([narrow.takes('measures'), narrow.takes('themes')]).toEqual([true, false]);
  await narrow.stop();
});

test('an abort, or the end of the thread, leaves the work to others', async () => {
  const aborting = new AbortController();
  const aside = openAside(1000, { threads: 2, signal: aborting.signal });
  const aborted = aside.run('measures', fit);
  aborting.abort();
  expect(await aborted).toBeUndefined();
  await aside.stop();
  const other = openAside(1000, { threads: 2 });
  const stopped = other.run('measures', fit);
  await other.stop();
  expect(await stopped).toBeUndefined();
  expect(await other.run('measures', fit)).toBeUndefined();
});
