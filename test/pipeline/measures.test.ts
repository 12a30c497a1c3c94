import { expect, test } from 'vitest';
import { hdbscan } from '../../src/hdbscan/index.js';
import { measuresBeforehand } from '../../src/pipeline/measures.js';
import { measureFit } from '../../src/statistics/quality.js';

/** Rows around as many centres, a fixed few steps from each; two columns. */
function blobs(rows: number, centres: number) {
  const data = Float32Array.from({ length: rows * 2 }, (_, at) => {
    const row = at >> 1;
    const step = ((row * 2654435761 + (at & 1) * 40503) >>> 0) / 2 ** 32;
    return 50 * ((row % centres) + (at & 1)) + step;
  });
  return { data, rows, cols: 2 };
}

const fit = await hdbscan(blobs(1000, 5), { minClusterSize: 20 });

test('another thread measures a fit as this one does', async () => {
  const measures = measuresBeforehand(fit, { threads: 2 });
  const there = await measures.result;
  await measures.stop();
  const here = await measureFit(fit, undefined);
  expect(here.density).toBeGreaterThan(0.5);
  expect([...(here.found ?? [])]).toEqual([10, 10, 10, 10, 10]);
  expect(there).toEqual(here);
});

test('with one thread, or few rows, or without coordinates, nothing is begun', async () => {
  const few = await hdbscan(blobs(100, 5), { minClusterSize: 10 });
  expect(await measuresBeforehand(fit, { threads: 1 }).result).toBeUndefined();
  expect(await measuresBeforehand(few, { threads: 2 }).result).toBeUndefined();
  expect(await measuresBeforehand({ ...fit, points: undefined }, { threads: 2 }).result).toBeUndefined();
});

test('an abort, or the end of the thread, leaves the measures to others', async () => {
  const aborting = new AbortController();
  const aborted = measuresBeforehand(fit, { threads: 2, signal: aborting.signal });
  aborting.abort();
  expect(await aborted.result).toBeUndefined();
  await aborted.stop();
  const stopped = measuresBeforehand(fit, { threads: 2 });
  await stopped.stop();
  expect(await stopped.result).toBeUndefined();
});
