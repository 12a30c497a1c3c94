import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readStage, sizeOf, writeStage } from '../../src/stages/stage-file.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const path = join(folder.path, 'stage.bin');

const weights = Float64Array.of(0.1, Number.POSITIVE_INFINITY, Number.NaN, -0);
const vectors = Float32Array.of(1, 2, 3);
const result = {
  tree: { distance: weights, left: Int32Array.of(-1, 5) },
  again: weights,
  points: { data: vectors, rows: 3, cols: 1 },
  empty: new Float32Array(0),
  recall: undefined,
  interval: [0.5, Number.NaN],
  engine: 'wasm',
  worst: Number.NEGATIVE_INFINITY,
};

test('what a stage returned is read as it was, to the last bit, and an array that occurs twice is one array', async () => {
  await writeStage(path, result, { vectors });
  const found = (await readStage(path, { vectors })) as typeof result;
  expect(found).toEqual(result);
  expect(Object.is(found.tree.distance[3], -0)).toBe(true);
  expect(found.again).toBe(found.tree.distance);
});

test('arrays that are in memory anyway are not in the file', async () => {
  await writeStage(path, result, { vectors });
  const other = vectors.slice();
  const found = (await readStage(path, { vectors: other })) as typeof result;
  expect(found.points.data).toBe(other);
  expect(sizeOf(result, {}) - sizeOf(result, { vectors })).toBe(12);
});

test('a file that is missing, cut off, longer or changed in any byte counts as none', async () => {
  await writeStage(path, { array: Int32Array.of(7, 8), name: 'x' }, {});
  const whole = readFileSync(path);
  const readBytes = (bytes: Uint8Array) => readStage(folder.write('odd.bin', bytes), {});
  expect(await readBytes(whole)).toEqual({ array: Int32Array.of(7, 8), name: 'x' });
  expect(await readStage(join(folder.path, 'none.bin'), {})).toBeUndefined();
  for (let at = 0; at < whole.length; at++) {
    expect(await readBytes(whole.subarray(0, at)), `cut at ${at}`).toBeUndefined();
    const odd = Buffer.from(whole);
    odd[at] ^= 0x41;
    expect(await readBytes(odd), `changed at ${at}`).toBeUndefined();
  }
  expect(await readBytes(Buffer.concat([whole, Buffer.alloc(1)]))).toBeUndefined();
});
